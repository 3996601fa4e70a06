import { expect } from "chai";
import { checkLayers } from "../lib/check-layers.ts";
import { packageFiles, removeTrees, writeTree } from "./fixture.ts";

describe("layer check", () => {
  afterEach(removeTrees);

  const check = (...packages: readonly Record<string, string>[]) =>
    checkLayers(writeTree(Object.assign({}, ...packages)));

  it("accepts imports that point down", () => {
    const sources = {
      "index.ts": 'export { serve } from "./serve.ts";\nimport "@towline/core";\nimport "debug";\n',
      "serve.ts": 'import { createServer } from "node:http";\nexport const serve = createServer;\n',
    };
    const faults = check(
      packageFiles("core", {}),
      packageFiles("engine.io", sources, ["@towline/core", "debug"]),
    );
    expect(faults).to.deep.equal([]);
  });

  it("refuses an import of a package above, with file and line", () => {
    const sources = { "index.ts": '\nimport "@towline/socket.io";\n' };
    expect(check(packageFiles("engine.io", sources, ["@towline/socket.io"]))).to.deep.equal([
      "packages/engine.io/src/index.ts:2: imports @towline/socket.io, which is not below engine.io in the layer table",
    ]);
  });

  it("refuses a type-only import of a package above just the same", () => {
    const sources = { "index.ts": 'export type S = import("@towline/socket.io").Server;\n' };
    expect(check(packageFiles("websocket", sources, ["@towline/socket.io"]))).to.have.length(1);
  });

  it("refuses a package without a row in the table", () => {
    expect(check(packageFiles("novelty", {}))).to.deep.equal([
      "packages/novelty: has no row in scripts/lib/layer-table.ts; give it one",
    ]);
  });

  it("refuses the inside of another package", () => {
    const sources = { "index.ts": 'import "@towline/core/src/clock.ts";\n' };
    expect(check(packageFiles("websocket", sources, ["@towline/core"]))).to.deep.equal([
      "packages/websocket/src/index.ts:1: imports @towline/core/src/clock.ts; import @towline/core itself",
    ]);
  });

  it("refuses a relative import that leaves the package", () => {
    const sources = { "index.ts": 'import "../../core/src/clock.ts";\n' };
    expect(check(packageFiles("websocket", sources))).to.deep.equal([
      "packages/websocket/src/index.ts:1: imports ../../core/src/clock.ts, which is outside its package's src; import packages by name",
    ]);
  });

  it("refuses node: in a machine, a codec and a browser package, by whatever name it goes", () => {
    const faults = check(
      packageFiles("engine.io", { "session-states.ts": 'import type { Socket } from "node:net";\n' }),
      packageFiles("websocket", { "frame-header.ts": 'import { Buffer } from "buffer";\n' }),
      packageFiles("socket.io-client", { "manager.ts": 'const os = await import("node:os");\n' }),
    );
    expect(faults).to.have.length(3);
    for (const fault of faults)
      expect(fault).to.match(/:1: imports \S+, but codecs, machines and browser code use nothing of Node$/);
  });

  it("lets the platform file and drivers use node:", () => {
    const faults = check(
      packageFiles(
        "engine.io-client",
        { "platform.ts": 'import "node:http";\nimport "@towline/websocket";\n' },
        ["@towline/websocket"],
      ),
      packageFiles("websocket", { "server.ts": 'import "node:http";\n' }),
    );
    expect(faults).to.deep.equal([]);
  });

  it("refuses a Node-only package in code that browsers load", () => {
    const sources = { "session.ts": 'import { WebSocket } from "@towline/websocket";\n' };
    const [fault] = check(packageFiles("engine.io-client", sources, ["@towline/websocket"]));
    expect(fault).to.contain("session.ts:1: imports @towline/websocket, which only Node can load");
  });

  it("refuses reference packages and undeclared dependencies", () => {
    const sources = { "index.ts": 'import "reference-socket.io";\nimport "@scope/tool/deep";\n' };
    expect(check(packageFiles("socket.io", sources))).to.deep.equal([
      "packages/socket.io/src/index.ts:1: imports reference-socket.io; reference packages are for tests and benchmarks",
      "packages/socket.io/src/index.ts:2: imports @scope/tool, which @towline/socket.io does not declare as a dependency",
    ]);
  });

  it("refuses an import cycle and names its way round", () => {
    const sources = {
      "a.ts": 'import { b } from "./b.ts";\n',
      "b.ts": '\nexport * from "./c.ts";\n',
      "c.ts": 'import "./a.ts";\n',
    };
    expect(check(packageFiles("core", sources))).to.deep.equal([
      "packages/core/src/a.ts:1: import cycle: packages/core/src/a.ts → packages/core/src/b.ts → packages/core/src/c.ts → packages/core/src/a.ts",
    ]);
  });

  it("allows a cycle that the compiler erases", () => {
    const sources = {
      "a.ts": 'import { b } from "./b.ts";\nexport class A {}\n',
      "b.ts": 'import type { A } from "./a.ts";\nexport const b = 1;\n',
    };
    expect(check(packageFiles("core", sources))).to.deep.equal([]);
  });
});
