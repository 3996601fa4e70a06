import type { Socket as EngineSocket, SocketConsumer } from "@towline/engine.io";

/** Whether a connection comes from an engine of another make, which `bind` was given. */
export const isForeign = (conn: EngineSocket): boolean => typeof conn.sendPrepared !== "function";

/** Has the events of such a connection go where those of ours go without any. */
export function consumeForeign(conn: EngineSocket, consumer: SocketConsumer): void {
  conn.on("data", (data: string | Uint8Array) => {
    if (conn.readyState === "open") consumer.onMessage(data);
  });
  conn.on("error", (error: Error) => consumer.onClose("transport error", error));
  conn.on("close", (reason, description) => consumer.onClose(reason, description));
}
