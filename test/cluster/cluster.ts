import type { Broker } from "../support/brokers/broker.ts";
import { type BrokerName, sharedBroker } from "./brokers.ts";
import type { AdapterName } from "./node/adapters.ts";
import type { NodeHandle } from "./node-handle.ts";
import { clusteredNodes, type NodeStarter, separateNodes } from "./nodes.ts";
import { makeProject, type Project, type StackName } from "./stack.ts";
import { Visitor, type VisitorOptions } from "./visitor.ts";

export interface ClusterOptions {
  readonly stack: StackName;
  readonly adapter: AdapterName;
  /** Without one, the nodes are workers of one Node cluster. */
  readonly broker?: BrokerName | undefined;
  readonly recovery?: boolean;
}

const REPEAT_MS = 100;

/** Three nodes, and those who visit them. */
export class Cluster {
  readonly project: Project;
  readonly broker: Broker | undefined;
  /** Where a Node cluster's balancer listens. */
  readonly balancerUrl: string | undefined;
  readonly #starter: NodeStarter;
  readonly #nodes = new Map<string, NodeHandle>();
  readonly #visitors = new Set<Visitor>();
  #fences = 0;

  private constructor(
    project: Project,
    broker: Broker | undefined,
    starter: NodeStarter & { readonly url?: string },
  ) {
    this.project = project;
    this.broker = broker;
    this.#starter = starter;
    this.balancerUrl = starter.url;
  }

  static async start({ stack, adapter, broker: name, recovery }: ClusterOptions): Promise<Cluster> {
    const project = await makeProject(stack);
    const broker = name === undefined ? undefined : await sharedBroker(name);
    const settings = { project, adapter, recovery: recovery === true };
    const starter =
      broker === undefined
        ? await clusteredNodes(settings)
        : separateNodes({ ...settings, brokerUrl: broker.url });
    const cluster = new Cluster(project, broker, starter);
    try {
      await Promise.all(["A", "B", "C"].map((node) => cluster.startNode(node)));
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  async startNode(name: string): Promise<NodeHandle> {
    const node = await this.#starter.start(name);
    this.#nodes.set(name, node);
    return node;
  }

  node(name: string): NodeHandle {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  get nodes(): readonly NodeHandle[] {
    return [...this.#nodes.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  async visit(node: string, options: Omit<VisitorOptions, "url">): Promise<Visitor> {
    const visitor = await Visitor.connect({ url: this.node(node).url, ...options });
    this.#visitors.add(visitor);
    return visitor;
  }

  /** Waits until what `from` said before has arrived at all of these. */
  async fence(from: NodeHandle, visitors: readonly Visitor[], room?: string): Promise<void> {
    const number = ++this.#fences;
    const emit = () =>
      room === undefined
        ? from.run(["emit", "fence", number])
        : from.run(["to", room], ["emit", "fence", number]);
    // Repeated, since the node of a socket that joined just now may have yet to tell the others.
    const timer = setInterval(() => void emit().catch(() => {}), REPEAT_MS);
    try {
      await emit();
      await Promise.all(visitors.map((visitor) => visitor.seen(number)));
    } finally {
      clearInterval(timer);
    }
  }

  /** What each of these has been told until now by `from`, those left out who have been told nothing. */
  async told(from: NodeHandle, visitors: readonly Visitor[]): Promise<Record<string, unknown>> {
    await this.fence(from, visitors);
    const told = visitors.map(({ name, news }) => [name, news.takeAll()] as const);
    return Object.fromEntries(told.filter(([, news]) => news.length > 0));
  }

  /** Lets these join a room, and waits until every node reaches them in it. */
  async gather(room: string, visitors: readonly Visitor[]): Promise<void> {
    await Promise.all(visitors.map((visitor) => visitor.join(room)));
    for (const node of this.nodes) await this.fence(node, visitors, room);
  }

  async close(): Promise<void> {
    for (const visitor of this.#visitors) visitor.close();
    await this.#starter.close();
    this.project.remove();
  }
}
