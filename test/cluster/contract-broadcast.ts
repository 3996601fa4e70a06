import { expect } from "chai";
import type { Stage, VisitorName } from "./contract.ts";

/** Who is told what, whichever node says it. */
export function broadcastContract({ cluster, node, visitor, visitors }: Stage): void {
  const told = (from: "A" | "B" | "C") => cluster().told(node(from), visitors());

  for (const from of ["A", "B", "C"] as const)
    it(`brings a broadcast of ${from} to everybody once`, async () => {
      await node(from).run(["emit", "news", from]);
      expect(await told(from)).to.deep.equal({
        a1: [[from]],
        a2: [[from]],
        b1: [[from]],
        b2: [[from]],
        c1: [[from]],
      });
    });

  /** For what may be overtaken: some adapters store what is long or binary, and send its address afterwards. */
  const arrives = (...names: VisitorName[]) =>
    Promise.all(names.map((name) => visitor(name).news.take("news", () => true)));

  it("carries binary and nested values", async () => {
    const picture = Buffer.of(0, 1, 254, 255);
    const news = [{ deep: [{ picture }, null, "é😀"] }, 1.5, picture];
    await node("A").run(["emit", "news", ...news]);
    expect(await arrives("a1", "a2", "b1", "b2", "c1")).to.deep.equal(Array(5).fill(news));
  });

  it("carries what is too long for a single message of a broker", async () => {
    const text = "é".repeat(100_000);
    await node("B").run(["emit", "news", text]);
    const arrived = await arrives("a1", "a2", "b1", "b2", "c1");
    expect(arrived.map(([first]) => first === text)).to.deep.equal(Array(5).fill(true));
  });

  it("brings a broadcast to a room to those in it alone", async () => {
    await cluster().gather("blue", [visitor("a1"), visitor("b2"), visitor("c1")]);
    await node("B").run(["to", "blue"], ["emit", "news", "blue"]);
    expect(await told("B")).to.deep.equal({ a1: [["blue"]], b2: [["blue"]], c1: [["blue"]] });
  });

  it("brings a broadcast to several rooms once to those who are in more than one", async () => {
    await cluster().gather("red", [visitor("a1"), visitor("a2")]);
    await node("C").run(["to", ["blue", "red"]], ["emit", "news", "both"]);
    expect(await told("C")).to.deep.equal({
      a1: [["both"]],
      a2: [["both"]],
      b2: [["both"]],
      c1: [["both"]],
    });
  });

  it("leaves out those in a room that is excepted", async () => {
    await node("C").run(["to", "blue"], ["except", "red"], ["emit", "news", "not red"]);
    expect(await told("C")).to.deep.equal({ b2: [["not red"]], c1: [["not red"]] });
    await node("A").run(["except", ["blue"]], ["emit", "news", "not blue"]);
    expect(await told("A")).to.deep.equal({ a2: [["not blue"]], b1: [["not blue"]] });
  });

  it("reaches a socket of another node by its id", async () => {
    await node("A").run(["to", visitor("c1").id], ["emit", "news", "you"]);
    expect(await told("A")).to.deep.equal({ c1: [["you"]] });
  });

  it("keeps a local broadcast to the node's own", async () => {
    await node("B").run(["local"], ["emit", "news", "local"]);
    expect(await told("B")).to.deep.equal({ b1: [["local"]], b2: [["local"]] });
  });

  it("brings a socket's broadcast to all but that socket", async () => {
    await node("A").on({ of: "socket", id: visitor("a1").id }, ["broadcast"], ["emit", "news", "hi"]);
    expect(await told("A")).to.deep.equal({ a2: [["hi"]], b1: [["hi"]], b2: [["hi"]], c1: [["hi"]] });
    await node("C").on({ of: "socket", id: visitor("c1").id }, ["to", "blue"], ["emit", "news", "blue"]);
    expect(await told("C")).to.deep.equal({ a1: [["blue"]], b2: [["blue"]] });
  });

  it("keeps namespaces apart", async () => {
    const side = await cluster().visit("C", { name: "side", namespace: "/side" });
    await node("A").on({ of: "namespace", name: "/side" }, ["emit", "news", "side"]);
    expect(await side.news.take("news", () => true)).to.deep.equal(["side"]);
    expect(await told("A")).to.deep.equal({});
    side.close();
  });

  it("keeps the order of what a node says", async () => {
    const numbers = Array.from({ length: 100 }, (_, number) => number);
    await Promise.all(numbers.map((number) => node("A").run(["emit", "news", number])));
    const everybody = await told("A");
    for (const name of ["a1", "b1", "b2", "c1"])
      expect(everybody[name], name).to.deep.equal(numbers.map((number) => [number]));
  });
}
