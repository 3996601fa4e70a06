import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { type AdapterName, loadAdapter } from "./adapters.ts";
import { type Answer, isRequest, type Notice, type Request } from "./messages.ts";
import { runSteps } from "./run-steps.ts";
import { say } from "./say.ts";

/** Runs one node of a cluster until the process that started it is gone. `prepare` comes before the first connection. */
export async function serve(prepare: (io: Server, http: HttpServer) => void = () => {}): Promise<void> {
  const { NODE_NAME = "", ADAPTER = "", BROKER_URL = "", RECOVERY = "" } = process.env;
  const report = (message: Answer | Notice) => say({ fromNode: NODE_NAME, message });
  process.on("disconnect", () => process.exit());
  process.on("uncaughtException", (error) =>
    report({ notice: "fault", error: String(error?.stack ?? error) }),
  );

  const http = createServer();
  const io = new Server(http, {
    allowEIO3: true,
    adapter: await loadAdapter(ADAPTER as AdapterName, BROKER_URL),
    ...(RECOVERY === "" ? {} : { connectionStateRecovery: {} }),
  });
  prepare(io, http);
  welcome(io, NODE_NAME, report);
  process.on("message", (message) => {
    if (isRequest(message)) void answer(io, message).then(report);
  });
  // In a worker, a port of its own beside the balancer's.
  http.listen({ port: 0, host: "127.0.0.1", exclusive: true }, () => {
    const { port } = http.address() as AddressInfo;
    report({ notice: "ready", port, pid: process.pid });
  });
}

function welcome(io: Server, node: string, report: (notice: Notice) => void): void {
  for (const namespace of [io, io.of("/side")])
    namespace.on("connection", (socket) => {
      // A socket that is recovered has it already.
      socket.data.node ??= node;
      socket.on("where", (ack: (node: string) => void) => ack(node));
      socket.on("join", async (room: string, ack: () => void) => {
        await socket.join(room);
        ack();
      });
      socket.on("disconnect", () => report({ notice: "lost", socketId: socket.id }));
    });
  io.on("news", (...args: unknown[]) => report({ notice: "news", args }));
  io.on("question", (text: string, ack: (reply: string) => void) => ack(`${node}: ${text}`));
  // A question that one of the nodes leaves without an answer.
  io.on("riddle", (helpless: string, ack: (reply: string) => void) => {
    if (node === helpless) report({ notice: "riddle", args: [] });
    else ack(node);
  });
}

async function answer(io: Server, { request, target, steps }: Request): Promise<Answer> {
  try {
    return { answers: request, value: await runSteps(io, target, steps) };
  } catch (error) {
    const { message, responses } = error as Error & { responses?: unknown };
    return { answers: request, fault: message, responses };
  }
}
