import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { AdapterName } from "./node/adapters.ts";
import { isFromNode, type ToPrimary } from "./node/messages.ts";
import { NodeHandle } from "./node-handle.ts";
import type { ProgramName, Project } from "./stack.ts";

/** Starts nodes, and ends them. */
export interface NodeStarter {
  start(name: string): Promise<NodeHandle>;
  /** Resolves when every process is gone. */
  close(): Promise<void>;
}

export interface NodeSettings {
  readonly project: Project;
  readonly adapter: AdapterName;
  readonly brokerUrl?: string;
  readonly recovery?: boolean;
}

/** Nodes that are processes of their own. */
export function separateNodes(settings: NodeSettings, program: ProgramName = "main"): NodeStarter {
  const children: ChildProcess[] = [];
  return {
    start(name) {
      const child = run(settings, program, name);
      children.push(child);
      const node = new NodeHandle(name, { send: (request) => child.send(request) });
      child.on("message", (message) => {
        if (isFromNode(message)) node.hear(message.message);
      });
      return node.ready();
    },
    close: () => end(children),
  };
}

/** Nodes that are workers of one Node cluster, with a balancer in front. */
export async function clusteredNodes(
  settings: NodeSettings,
): Promise<NodeStarter & { readonly url: string }> {
  const primary = run(settings, "worker", "balancer");
  const tell = (order: ToPrimary) => primary.send(order);
  const nodes = new Map<string, NodeHandle>();
  const balancer = new NodeHandle("balancer", { send: () => {} });
  nodes.set("balancer", balancer);
  primary.on("message", (message) => {
    if (isFromNode(message)) nodes.get(message.fromNode)?.hear(message.message);
  });
  await balancer.ready();
  return {
    url: balancer.url,
    start(name) {
      const node = new NodeHandle(name, { send: (message) => tell({ toNode: name, message }) });
      nodes.set(name, node);
      tell({ start: name });
      return node.ready();
    },
    close: () => end([primary]),
  };
}

function run({ project, adapter, brokerUrl, recovery }: NodeSettings, program: ProgramName, name: string) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return fork(join(project.path, `${program}.js`), {
    cwd: project.path,
    // Plain Node: no loader and no export condition.
    execArgv: [],
    serialization: "advanced",
    env: {
      ...env,
      NODE_NAME: name,
      ADAPTER: adapter,
      BROKER_URL: brokerUrl ?? "",
      RECOVERY: recovery === true ? "1" : "",
    },
  });
}

/** They end with the channel to us, workers of a cluster with their primary. */
async function end(children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      if (child.connected) child.disconnect();
      await ended;
    }),
  );
}
