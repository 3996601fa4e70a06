import { expect } from "chai";
import { Cluster } from "./cluster.ts";
import { eventually } from "./eventually.ts";
import type { NodeHandle } from "./node-handle.ts";
import { type NodeStarter, separateNodes } from "./nodes.ts";
import { chosenStack } from "./stack.ts";
import type { Visitor } from "./visitor.ts";

describe("@socket.io/redis-emitter", function () {
  this.timeout(30_000);
  let cluster: Cluster;
  let starter: NodeStarter;
  let emitter: NodeHandle;
  let visitors: readonly [Visitor, Visitor, Visitor];

  before(async () => {
    const adapter = "redis-adapter with redis";
    cluster = await Cluster.start({ stack: chosenStack(), adapter, broker: "redis" });
    starter = separateNodes(
      { project: cluster.project, adapter, brokerUrl: cluster.broker?.url ?? "" },
      "emitter",
    );
    emitter = await starter.start("emitter");
    visitors = [
      await cluster.visit("A", { name: "a" }),
      await cluster.visit("B", { name: "b", generation: 2 }),
      await cluster.visit("C", { name: "c" }),
    ];
    await cluster.gather("pair", [visitors[0], visitors[1]]);
  });
  after(async () => {
    await starter?.close();
    await cluster?.close();
  });
  const told = () => cluster.told(emitter, visitors);

  it("reaches everybody", async () => {
    await emitter.run(["emit", "news", "all", { deep: [1] }]);
    const news = [["all", { deep: [1] }]];
    expect(await told()).to.deep.equal({ a: news, b: news, c: news });
  });

  it("reaches a room, one socket, and all but a room", async () => {
    await emitter.run(["to", "pair"], ["emit", "news", "pair"]);
    expect(await told()).to.deep.equal({ a: [["pair"]], b: [["pair"]] });
    await emitter.run(["to", visitors[2].id], ["emit", "news", "you"]);
    expect(await told()).to.deep.equal({ c: [["you"]] });
    await emitter.run(["except", "pair"], ["emit", "news", "rest"]);
    expect(await told()).to.deep.equal({ c: [["rest"]] });
  });

  it("carries binary", async () => {
    const bytes = Buffer.of(0, 128, 255);
    await emitter.run(["emit", "news", { bytes }]);
    const news = [[{ bytes }]];
    expect(await told()).to.deep.equal({ a: news, b: news, c: news });
  });

  it("reaches a namespace alone", async () => {
    const side = await cluster.visit("C", { name: "side", namespace: "/side" });
    await emitter.on({ of: "namespace", name: "/side" }, ["emit", "news", "side"]);
    expect(await side.news.take("news", () => true)).to.deep.equal(["side"]);
    expect(await told()).to.deep.equal({});
    side.close();
  });

  it("makes sockets join and leave", async () => {
    const size = async () => (await cluster.node("A").fetch(["in", "new"])).length;
    await emitter.run(["socketsJoin", "new"]);
    await eventually("all have joined", async () => (await size()) === 3);
    await emitter.run(["in", "pair"], ["socketsLeave", "new"]);
    await eventually("two have left", async () => (await size()) === 1);
  });

  it("says server-side events to every node", async () => {
    await emitter.run(["serverSideEmit", "news", "servers", 1]);
    for (const node of cluster.nodes) expect(await node.event("news")).to.deep.equal(["servers", 1]);
  });

  it("disconnects sockets", async () => {
    const ends = [visitors[0].end(), visitors[1].end()];
    await emitter.run(["in", "pair"], ["disconnectSockets", true]);
    expect(await Promise.all(ends)).to.deep.equal(["io server disconnect", "io server disconnect"]);
    expect(visitors[2].socket.connected).to.equal(true);
  });
});
