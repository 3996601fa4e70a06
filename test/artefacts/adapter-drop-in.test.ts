import { symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { makeProject, PACKAGES_FOLDER } from "../support/built-packages.ts";
import { BUNDLER, faultsOf, NODE10, NODE16, runPlain, type Way } from "./written-code.ts";

const WAYS: readonly Way[] = [
  { title: "node16, import", extension: ".mts", options: NODE16 },
  { title: "node16, require", extension: ".cts", options: NODE16 },
  { title: "bundler", extension: ".ts", options: BUNDLER },
  { title: "node10", extension: ".ts", options: NODE10 },
  { title: "node16, import, as a whole", options: NODE16, only: ["whole.mts"] },
  { title: "node16, require, as a whole", options: NODE16, only: ["whole.cts"] },
  { title: "node10, as a whole", extension: ".ts", options: NODE10, only: ["whole.cts"] },
];

const FIXTURES_FOLDER = join(import.meta.dirname, "adapter-code");
const REFERENCE_FOLDER = resolve(PACKAGES_FOLDER, "../node_modules/reference-socket.io-adapter");
const OUR_FOLDER = join(PACKAGES_FOLDER, "socket.io-adapter");

/** A project where `socket.io-adapter` is the package in `folder`. */
function projectWith(folder: string): ReturnType<typeof makeProject> {
  const project = makeProject();
  symlinkSync(folder, join(project.path, "node_modules/socket.io-adapter"), "dir");
  return project;
}

/** Extends every class that the package has, and says what came of it. */
const USE = `
const sent = [];
const makeNamespace = (name, opts = {}) => {
  const sockets = new Map();
  const encoder = { encode: (packet) => [JSON.stringify(packet)] };
  return { name, sockets, _ids: 0, server: { encoder, opts }, _onServerSideEmit: (args) => sent.push([name, ...args]) };
};
const join = (adapter, id, ...rooms) => {
  adapter.nsp.sockets.set(id, {
    id,
    acks: new Map(),
    rooms: new Set([id, ...rooms]),
    handshake: {},
    data: {},
    client: { writeToEngine: ([wire]) => sent.push([id, ...JSON.parse(wire).data]) },
    notifyOutgoingListeners() {},
  });
  adapter.addAll(id, new Set([id, ...rooms]));
};
async function use({ Adapter, SessionAwareAdapter, ClusterAdapter, ClusterAdapterWithHeartbeat, MessageType }) {
  class Shouting extends Adapter {
    broadcast(packet, opts) {
      packet.data[0] = packet.data[0].toUpperCase();
      super.broadcast(packet, opts);
    }
  }
  const to = (...rooms) => ({ rooms: new Set(rooms), except: new Set(), flags: {} });
  const shouting = new Shouting(makeNamespace("/"));
  join(shouting, "a", "x");
  join(shouting, "b");
  shouting.broadcast({ type: 2, data: ["hey"] }, to("x"));

  const aware = new SessionAwareAdapter(makeNamespace("/", { connectionStateRecovery: { maxDisconnectionDuration: 1000 } }));
  join(aware, "c");
  const packet = { type: 2, data: ["kept"] };
  aware.broadcast(packet, to());
  aware.persistSession({ sid: "c", pid: "p", rooms: ["c"], data: 1 });
  const offset = packet.data[1];
  sent.pop();
  aware.broadcast({ type: 2, data: ["missed"] }, to("c"));
  sent.pop();
  const { missedPackets } = await aware.restoreSession("p", offset);
  sent.push(["restored", missedPackets.length, missedPackets[0][0]]);

  const makeCluster = (Base, ...rest) => {
    const nodes = [];
    class Bus extends Base {
      doPublish(message) {
        for (const node of nodes) if (node !== this) node.onMessage(JSON.parse(JSON.stringify(message)));
        return Promise.resolve("");
      }
      doPublishResponse(uid, response) {
        nodes.find((node) => node.uid === uid).onResponse(JSON.parse(JSON.stringify(response)));
        return Promise.resolve();
      }
    }
    class Counting extends Bus {
      serverCount() {
        return Promise.resolve(2);
      }
    }
    const Node = rest.length > 0 ? Bus : Counting;
    for (let i = 0; i < 2; i++) nodes.push(new Node(makeNamespace("/"), ...rest));
    return nodes;
  };
  for (const nodes of [makeCluster(ClusterAdapter), makeCluster(ClusterAdapterWithHeartbeat, {})]) {
    for (const [i, node] of nodes.entries()) {
      node.init();
      join(node, "n" + i);
    }
    await nodes[0].broadcast({ type: 2, data: ["all"] }, to());
    await nodes[0].serverSideEmit(["servers", 1]);
    const fetched = await nodes[1].fetchSockets(to());
    sent.push(fetched.map(({ id }) => id), [await nodes[0].serverCount()]);
    for (const node of nodes) node.close();
  }
  const lines = sent.map((line) => line.join(" ")).sort();
  return JSON.stringify({ lines, types: [MessageType.ADAPTER_CLOSE, MessageType[3]] });
}
`;

const EXPECTED = {
  lines: [
    "/ servers 1",
    "/ servers 1",
    "2",
    "2",
    "a HEY",
    "n0 all",
    "n0 all",
    "n1 all",
    "n1 all",
    "n1 n0",
    "n1 n0",
    "restored 1 missed",
  ],
  types: [13, "BROADCAST"],
};

const PROGRAMS: Readonly<Record<string, string>> = {
  "imported.mjs": `import * as adapter from "socket.io-adapter";${USE}use(adapter).then((text) => (console.log(text), process.exit()));`,
  "required.cjs": `const adapter = require("socket.io-adapter");${USE}use(adapter).then((text) => (console.log(text), process.exit()));`,
};

describe("code written for socket.io-adapter", () => {
  const projects = [
    ["the reference", projectWith(REFERENCE_FOLDER)],
    ["our package", projectWith(OUR_FOLDER)],
  ] as const;
  after(() => {
    for (const [, project] of projects) project.remove();
  });

  for (const [name, { path }] of projects)
    for (const [file, program] of Object.entries(PROGRAMS))
      it(`runs with ${name}, ${file.replace(/\..*/, "")}`, () => {
        writeFileSync(join(path, file), program);
        expect(runPlain(file, path)).to.deep.equal(EXPECTED);
      });

  it("finds in our package every name that the reference has, whichever way it is loaded", async () => {
    const known = Object.keys(await import("reference-socket.io-adapter"));
    const program = `
      import { createRequire } from "node:module";
      import * as imported from "socket.io-adapter";
      const required = createRequire(import.meta.url)("socket.io-adapter");
      console.log(JSON.stringify(Object.keys(required).filter((name) => imported[name] === required[name])));`;
    const [, { path }] = projects[1];
    writeFileSync(join(path, "names.mjs"), program);
    expect(runPlain("names.mjs", path)).to.include.members(
      known.filter((name) => !["default", "module.exports", "__esModule"].includes(name)),
    );
  });
});

describe("code written for the types of socket.io-adapter", function () {
  // Each case is a run of the compiler.
  this.timeout(60_000);
  const projects = [
    ["the reference's types", projectWith(REFERENCE_FOLDER)],
    ["our types", projectWith(OUR_FOLDER)],
  ] as const;
  after(() => {
    for (const [, project] of projects) project.remove();
  });

  for (const [name, { path }] of projects)
    for (const way of WAYS)
      it(`compiles with ${name} under ${way.title}`, () => {
        expect(faultsOf(way, FIXTURES_FOLDER, path)).to.equal("");
      });
});
