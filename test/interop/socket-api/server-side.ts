import { expect } from "chai";
import type { Behaviour } from "./behaviour.ts";
import { adapterOf } from "./peers.ts";

const SILENT = "this adapter does not support";

/** What goes to the console meanwhile. */
async function warnings(act: () => unknown): Promise<string[]> {
  const { warn } = console;
  const heard: string[] = [];
  console.warn = (text: string) => heard.push(text);
  try {
    await act();
  } finally {
    console.warn = warn;
  }
  return heard;
}

/** What other servers of a cluster emit. */
interface ServerSide {
  _onServerSideEmit(args: readonly unknown[]): void;
}

export const SERVER_SIDE: readonly Behaviour[] = [
  {
    title: "serverSideEmit with the adapter in memory warns and reaches nobody",
    async run({ io }) {
      const heard: unknown[] = [];
      io.on("x", () => heard.push("x"));
      let returned: unknown;
      const warned = await warnings(() => {
        returned = [io.serverSideEmit("x", 1), io.of("/a").serverSideEmit("x")];
      });
      expect(returned).to.deep.equal([true, true]);
      expect(warned).to.have.length(2);
      expect(warned[0]).to.include(SILENT);
      expect(heard).to.deep.equal([]);
    },
  },
  ...["connect", "connection", "new_namespace"].map(
    (name): Behaviour => ({
      title: `serverSideEmit refuses the reserved name ${name}`,
      async run({ io }) {
        for (const from of [io, io.of("/a")])
          expect(() => from.serverSideEmit(name)).to.throw(`"${name}" is a reserved event name`);
      },
    }),
  ),
  {
    title: "serverSideEmit hands event and arguments to the adapter, the callback among them",
    async run({ io }) {
      const given: unknown[][] = [];
      class Mine extends adapterOf(io) {
        serverSideEmit(args: unknown[]) {
          given.push(args);
          const callback = args.at(-1);
          if (typeof callback === "function") callback(null, ["answer"]);
        }
      }
      io.adapter(Mine);
      const answers: unknown[][] = [];
      io.serverSideEmit("x", 1, (...answer: unknown[]) => answers.push(answer));
      io.of("/a").serverSideEmit("y");
      expect(given.map((args) => args.slice(0, 2))).to.deep.equal([["x", 1], ["y"]]);
      expect(answers).to.deep.equal([[null, ["answer"]]]);
      expect(await io.serverSideEmitWithAck("z", 2)).to.deep.equal(["answer"]);
      expect(given[2]?.slice(0, 2)).to.deep.equal(["z", 2]);
    },
  },
  {
    title: "serverSideEmitWithAck rejects when servers did not answer, with those that did",
    async run({ io }) {
      class Mine extends adapterOf(io) {
        serverSideEmit(args: unknown[]) {
          (args.at(-1) as (error: Error, answers: unknown[]) => void)(new Error("late"), ["one"]);
        }
      }
      io.adapter(Mine);
      const failure = await io.serverSideEmitWithAck("x").catch((error: unknown) => error);
      expect(failure).to.deep.include({ message: "late", responses: ["one"] });
    },
  },
  {
    title: "gives what another server emits to the listeners of the namespace, and of io for the main one",
    async run({ io }) {
      const heard: unknown[] = [];
      io.on("x", (...args: unknown[]) => heard.push(["io", ...args]));
      io.of("/a").on("x", (...args: unknown[]) => heard.push(["/a", ...args]));
      (io.sockets as unknown as ServerSide)._onServerSideEmit(["x", 1]);
      (io.of("/a") as unknown as ServerSide)._onServerSideEmit(["x", 2]);
      expect(heard).to.deep.equal([
        ["io", 1],
        ["/a", 2],
      ]);
    },
  },
];
