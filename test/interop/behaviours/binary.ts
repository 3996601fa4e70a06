import { expect } from "chai";
import { next, request, respond } from "../events.ts";
import type { Rig } from "../rig.ts";

const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const large = Buffer.alloc(200_000, every);
const tail = Buffer.from("ffd800c0", "hex");

export async function binary(rig: Rig): Promise<void> {
  const { client, socket } = await rig.connect();
  for (const [from, to] of [
    [client, socket],
    [socket, client],
  ] as const) {
    const alone = next(to, "alone");
    from.emit("alone", every);
    expect(await alone).to.deep.equal([every]);

    const args = ["text", { image: large, tags: ["é", { thumbnail: every }], none: null }, tail, 7];
    const mixed = next(to, "mixed");
    from.emit("mixed", ...args);
    expect(await mixed).to.deep.equal(args);

    const empty = next(to, "empty");
    from.emit("empty", Buffer.alloc(0));
    expect(await empty).to.deep.equal([Buffer.alloc(0)]);

    // Text and binary keep their order among each other.
    const order: unknown[] = [];
    const last = next(to, "last");
    to.on("step", (step) => order.push(step));
    for (const step of [1, every, 2, tail, 3]) from.emit("step", step);
    from.emit("last");
    await last;
    expect(order).to.deep.equal([1, every, 2, tail, 3]);
  }
}

export async function binaryAcks(rig: Rig): Promise<void> {
  const { client, socket } = await rig.connect();
  for (const [from, to] of [
    [client, socket],
    [socket, client],
  ] as const) {
    respond(to, "echo", (...args) => args);
    expect(await request(from, "echo", every)).to.deep.equal([every]);
    const nested = { picture: large, list: [tail, "é"] };
    expect(await request(from, "echo", nested, tail)).to.deep.equal([nested, tail]);
    respond(to, "picture", () => [{ picture: every }]);
    expect(await request(from, "picture")).to.deep.equal([{ picture: every }]);
  }
}
