/** The cluster of `npm run start:cluster`, as those see it who chat on it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { io, type Socket } from "reference-socket.io-client";
import { eventually } from "./eventually.ts";
import { Mailbox } from "./mailbox.ts";

const PROGRAM = fileURLToPath(new URL("../../examples/cluster/src/main.ts", import.meta.url));

/** Somebody in the lobby, who goes back in after a lost connection, as the page does. */
class Guest {
  readonly name: string;
  readonly socket: Socket;
  readonly texts = new Mailbox<string>("a guest");
  readonly #workers = new Mailbox<number>("a guest");
  worker = 0;
  members: readonly string[] = [];
  history: readonly string[] = [];

  constructor(url: string, name: string, token: string) {
    this.name = name;
    this.socket = io(url, { auth: { name, token }, forceNew: true, reconnectionDelay: 100 });
    this.socket.on("worker", (pid: number) => this.#workers.put(pid));
    this.socket.on("message", ({ text }: { text: string }) => this.texts.put(text));
    this.socket.on("members", ({ members }) => this.#note(members));
  }

  /** Resolves when it is in the lobby, after it has connected. */
  async settle(): Promise<this> {
    this.worker = await this.#workers.take("its worker", () => true);
    const joined = await this.socket.emitWithAck("join", { room: "lobby" });
    expect(joined.ok).to.equal(true);
    this.#note(joined.members);
    this.history = joined.history.map(({ text }: { text: string }) => text);
    return this;
  }

  async say(text: string, key?: string): Promise<void> {
    const reply = await this.socket.emitWithAck("message", { room: "lobby", text, key });
    expect(reply.ok).to.equal(true);
  }

  #note(members: readonly { name: string }[]): void {
    this.members = members.map(({ name }) => name).sort();
  }
}

describe("examples/cluster", function () {
  this.timeout(30_000);
  let program: ChildProcess;
  let output = "";
  let url = "";
  const guests: Guest[] = [];
  const enter = (name: string) => {
    const guest = new Guest(url, name, `${name.toLowerCase()}-`.padEnd(16, "0"));
    guests.push(guest);
    return guest.settle();
  };

  before(async () => {
    program = spawn(process.execPath, ["--conditions=towline-source", "--import", "tsx", PROGRAM], {
      env: { ...process.env, NODE_OPTIONS: "", PORT: "0", REDIS_URL: "" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const started = new Promise<string>((resolve, reject) => {
      program.stdout?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const found = /Towline chat on (http:\S+),/.exec(output)?.[1];
        if (found !== undefined) resolve(found);
      });
      program.once("exit", () => reject(new Error(`it ended: ${output}`)));
    });
    url = await started;
  });
  after(async () => {
    for (const { socket } of guests) socket.disconnect();
    if (program.exitCode !== null) return;
    program.kill("SIGINT");
    expect(await once(program, "exit")).to.deep.equal([0, null]);
  });

  it("prints its four workers", () => {
    expect(output.match(/Worker \d+ is ready: pid \d+/g)).to.have.length(4);
    expect(output).to.match(/^Redis: redis:\/\/127\.0\.0\.1:\d+, our own$/m);
  });

  it("lets people on different workers chat, and see one another", async () => {
    const ann = await enter("Ann");
    const bob = await enter("Bob");
    expect(bob.worker).not.to.equal(ann.worker);
    for (const guest of [ann, bob])
      await eventually(`${guest.name} sees both`, () => guest.members.join() === "Ann,Bob");
    await ann.say("from Ann");
    expect(await bob.texts.take("Ann's message", () => true)).to.equal("from Ann");
    await bob.say("from Bob");
    expect(await ann.texts.take("Bob's message", () => true)).to.equal("from Bob");
  });

  it("gives everybody the same history and nobody a name that is taken, on whichever worker", async () => {
    const [ann] = guests as [Guest];
    const newcomer = await enter("Cleo");
    expect(newcomer.history).to.deep.equal(["from Ann", "from Bob"]);
    const namesake = new Guest(url, "ann", "another-person-00");
    guests.push(namesake);
    await namesake.settle();
    await eventually("both are there", () => ["Ann", "ann 2"].every((name) => ann.members.includes(name)));
  });

  it("moves the people of a killed worker to another, without a loss", async () => {
    const [ann, bob] = guests as [Guest, Guest];
    await ann.say("before", "key 1");
    const before = ann.worker;
    const gone = once(ann.socket as never, "disconnect");
    process.kill(before, "SIGKILL");
    await gone;
    const killed = performance.now();
    await bob.say("meanwhile");
    await ann.settle();
    expect(performance.now() - killed).to.be.lessThan(5_000);
    expect(ann.worker).not.to.equal(before);
    expect(ann.history).to.include.members(["from Ann", "from Bob", "before", "meanwhile"]);
    // A repeat of what the dead worker took in is no second message.
    await ann.say("before", "key 1");
    await ann.say("after");
    expect(await bob.texts.take("what comes next", (text) => text !== "before")).to.equal("after");
    expect(bob.members.filter((name) => name === "Ann")).to.have.length(1);
  });

  it("replaces the worker, and tells the new one what was written", async () => {
    await eventually("it is back", () => (output.match(/is ready/g)?.length ?? 0) === 5);
    const pid = Number(/.*is ready: pid (\d+)/s.exec(output)?.[1]);
    let guest: Guest;
    do guest = await enter(`Dan${guests.length}`);
    while (guest.worker !== pid);
    expect(guest.history).to.include.members(["from Ann", "from Bob", "before", "meanwhile", "after"]);
  });
});
