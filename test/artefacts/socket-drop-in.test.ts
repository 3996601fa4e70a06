import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { makeProject, PACKAGES_FOLDER } from "../support/built-packages.ts";
import { BUNDLER, faultsOf, NODE10, NODE16, runPlain, type Way } from "./written-code.ts";

const IN_COMMONJS = ["default.cts", "named.cts", "require.cts"];

const WAYS: readonly Way[] = [
  { title: "node16, import", extension: ".mts", options: NODE16 },
  { title: "node16, require", extension: ".cts", options: NODE16 },
  { title: "bundler", extension: ".ts", options: BUNDLER },
  { title: "node10", extension: ".ts", options: NODE10 },
  {
    title: "node16, import, by name and with frameworks",
    options: NODE16,
    only: ["named.mts", "frameworks.mts"],
  },
  { title: "bundler, by name", extension: ".ts", options: BUNDLER, only: ["named.mts"] },
  { title: "node16, import, by default", extension: ".mts", options: NODE16, only: ["default.cts"] },
  { title: "bundler, by default", extension: ".ts", options: BUNDLER, only: ["default.cts"] },
  { title: "node16, require, by name and as a whole", options: NODE16, only: IN_COMMONJS },
  { title: "node10, by name and as a whole", extension: ".ts", options: NODE10, only: IN_COMMONJS },
  // The other ways heed `exports`, which hides what lies deeper.
  { title: "node10, types of inner files", extension: ".ts", options: NODE10, only: ["deep.cts"] },
  {
    title: "node16, a module with a library in CommonJS",
    options: NODE16,
    only: ["application.mts", "library.cts"],
  },
  ...([NODE16, NODE10] as const).map((options) => ({
    title: `${options === NODE16 ? "node16" : "node10"}, without esModuleInterop`,
    extension: options === NODE16 ? ".cts" : ".ts",
    options: { ...options, esModuleInterop: false, allowSyntheticDefaultImports: false },
    only: ["star.cts", "require.cts"],
  })),
];

const FIXTURES_FOLDER = join(import.meta.dirname, "socket-code");
const TYPE_TESTS_FOLDER = join(PACKAGES_FOLDER, "socket.io/test/types");
const MODULES_FOLDER = resolve(PACKAGES_FOLDER, "../node_modules");
const REFERENCE_FOLDER = join(MODULES_FOLDER, "reference-socket.io");

/** The folder that the reference's own `import` leads to: with another copy of a class, types would not be the same. */
function dependencyOfReference(name: string): string {
  const main = createRequire(join(REFERENCE_FOLDER, "package.json")).resolve(name);
  const inside = join("node_modules", name);
  return main.slice(0, main.lastIndexOf(inside) + inside.length);
}

/** What a project installs: the server, and the packages that code for it imports beside it. */
const PACKAGES = [
  {
    name: "socket.io itself",
    folders: {
      "socket.io": REFERENCE_FOLDER,
      "socket.io-adapter": dependencyOfReference("socket.io-adapter"),
      "socket.io-parser": dependencyOfReference("socket.io-parser"),
    },
  },
  {
    name: "our package",
    folders: {
      "socket.io": join(PACKAGES_FOLDER, "socket.io"),
      "socket.io-adapter": join(PACKAGES_FOLDER, "socket.io-adapter"),
      "socket.io-parser": join(PACKAGES_FOLDER, "socket.io-parser"),
    },
  },
] as const;
const BESIDE = ["express", "expect-type", "fastify"];

/** Says of what socket.io exports whether it is there, whichever way the package is loaded. */
const PROGRAM = `
import { createServer } from "node:http";
import { createRequire } from "node:module";
import * as imported from "socket.io";
import { Namespace, Server, Socket } from "socket.io";
const required = createRequire(import.meta.url)("socket.io");
const names = { Namespace, Server, Socket };
const http = createServer();
const called = required(http, { path: "/realtime" });
console.log(JSON.stringify({
  "the module is a function": typeof required === "function",
  "called, it makes a server": called instanceof Server && called.path() === "/realtime" && called.httpServer === http,
  "called with options alone": required({ path: "/other" }).path() === "/other",
  "called with nothing": required() instanceof Server,
  "the same by import and require": Object.entries(names).every(([name, value]) => required[name] === value),
  "the same as a namespace": Object.entries(names).every(([name, value]) => imported[name] === value),
  "Server": new Server().of("/a") instanceof Namespace,
  "a subclass": new (class extends Server {})() instanceof required.Server,
  "classes": Object.values(names).every((found) => /^class/.test(found)),
}));
`;

/** Talks to the chat by long polling, as Ann and as Bob. Prints what they were sent, ids aside. */
const CONVERSATION = `
const { startChat } = require("./chat.cjs");
const { once } = require("node:events");

async function main() {
  const http = require("node:http").createServer();
  const io = startChat(http);
  http.listen(0);
  await once(http, "listening");
  const base = "http://localhost:" + http.address().port + "/socket.io/?EIO=4&transport=polling";
  const connect = async (auth) => {
    const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1));
    const url = base + "&sid=" + sid;
    const heard = [];
    const send = (body) => fetch(url, { method: "POST", body });
    const hear = async (wanted) => {
      while (!heard.some((packet) => packet.startsWith(wanted))) {
        heard.push(...(await (await fetch(url)).text()).split("\\x1e"));
      }
    };
    await send("40" + JSON.stringify(auth));
    await hear("4");
    return { heard, send, hear };
  };
  const ann = await connect({ name: "Ann" });
  const bob = await connect({ name: "Bob" });
  const nobody = await connect({});
  await ann.send('42["say","hello"]');
  await ann.hear('42["said"');
  await bob.hear('42["said"');
  await bob.send('427["join","room"]');
  await bob.hear("437");
  await ann.send('428["join","room"]');
  await ann.hear("438");
  await bob.hear('42["joined"');
  const heard = [ann, bob, nobody].map(({ heard }) => heard.map((packet) => packet.replace(/"sid":"[^"]+"/, '"sid":""')));
  console.log(JSON.stringify({ heard }));
  await io.close();
}
main();
`;

const HEARD = [
  ['40{"sid":""}', '42["said",{"from":"me","text":"hello"}]', "438[1]"],
  ['40{"sid":""}', '42["said",{"from":"Ann","text":"hello"}]', "437[0]", '42["joined","Ann"]'],
  ['44{"message":"who are you?"}'],
];

for (const { name, folders } of PACKAGES)
  describe(`code written for socket.io, with ${name}`, function () {
    // Each case is a run of the compiler.
    this.timeout(60_000);
    const project = makeProject();

    before(() => {
      const links = [
        ...Object.entries(folders),
        ...BESIDE.map((beside) => [beside, join(MODULES_FOLDER, beside)] as const),
      ];
      for (const [as, folder] of links) symlinkSync(folder, join(project.path, "node_modules", as), "dir");
    });

    after(() => project.remove());

    it("finds what it imports, requires and calls", () => {
      writeFileSync(join(project.path, "load.mjs"), PROGRAM);
      const output = runPlain("load.mjs", project.path);
      const answers = Object.entries(output as Record<string, boolean>);
      expect(answers).to.have.length(9);
      const missing = answers.filter(([, isSo]) => !isSo).map(([found]) => found);
      expect(missing).to.deep.equal([]);
    });

    it("runs", () => {
      const source = readFileSync(join(FIXTURES_FOLDER, "chat.ts"), "utf8");
      const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
      const { outputText } = ts.transpileModule(source, { compilerOptions });
      writeFileSync(join(project.path, "chat.cjs"), outputText);
      writeFileSync(join(project.path, "conversation.cjs"), CONVERSATION);
      expect(runPlain("conversation.cjs", project.path)).to.deep.equal({ heard: HEARD });
    });

    for (const way of WAYS)
      it(`compiles under ${way.title}`, () => {
        expect(faultsOf(way, FIXTURES_FOLDER, project.path)).to.equal("");
      });

    it("has the types that our type tests want", () => {
      const folder = join(project.path, "types");
      const copies = join(folder, "copies");
      cpSync(TYPE_TESTS_FOLDER, copies, { recursive: true });
      for (const file of readdirSync(copies)) {
        const text = readFileSync(join(copies, file), "utf8");
        writeFileSync(join(copies, file), text.replaceAll('"@towline/socket.io"', '"socket.io"'));
      }
      const options = { ...NODE16, allowImportingTsExtensions: true };
      expect(faultsOf({ title: "node16", options }, copies, folder)).to.equal("");
    });
  });

/** What CommonJS has of socket.io itself and modules have not, nor `new`. */
const MORE = `
import { createRequire } from "node:module";
import socketio, { Server } from "socket.io";
const required = createRequire(import.meta.url)("socket.io");
console.log(JSON.stringify([
  socketio === required,
  socketio.Server === Server,
  socketio({ path: "/realtime" }).path() === "/realtime",
  new required({ path: "/realtime" }) instanceof Server,
]));
`;

describe("our package, beyond what socket.io has", () => {
  const project = makeProject();
  before(() =>
    symlinkSync(join(PACKAGES_FOLDER, "socket.io"), join(project.path, "node_modules/socket.io"), "dir"),
  );
  after(() => project.remove());

  it("is its own default export in a module, and may be called with new", () => {
    writeFileSync(join(project.path, "more.mjs"), MORE);
    expect(runPlain("more.mjs", project.path)).to.deep.equal([true, true, true, true]);
  });
});
