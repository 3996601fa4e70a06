import { passOn, type Report } from "./call-user.ts";
import type { AnyNamespace, AnySocket } from "./client.ts";

/** Where code of the application's failed. */
export interface HandlerContext {
  /** The namespace that the failing code belongs to. */
  readonly namespace: AnyNamespace;
  /** The socket it was called for; `undefined` for an event of the servers among themselves. */
  readonly socket: AnySocket | undefined;
  /**
   * The event whose listener failed, by its name. Where it was no listener, what was being done: `middleware`, `ack`, `outgoing`, `namespace`, `join-room`, `leave-room`, `persistSession`, `socketsJoin`, `socketsLeave`, `disconnectSockets`.
   */
  readonly event: string;
  /** What the handler was called with; of an acknowledgement, what was emitted. */
  readonly args: readonly unknown[];
}

/** What a client is told of a failure of the application's: that there was one. The rest is nobody's business. */
export const INTERNAL_ERROR = "Internal error";

/**
 * Tells of an error in the application's code, in this order: listeners for `handler_error` on the server, listeners for
 * `error` on the socket, the process.
 */
export function reportHandlerError(error: unknown, isRejection: boolean, context: HandlerContext): void {
  const { namespace, socket } = context;
  try {
    const isHeard =
      namespace.server.sockets.reportError(error, context) || socket?.reportError(error as Error) === true;
    if (!isHeard) passOn(error, isRejection);
  } catch (thrown) {
    passOn(thrown, false);
  }
}

/** What tells of errors in one place of the application's code. */
export const reporterFor =
  (place: Omit<HandlerContext, "event"> & { readonly event: string | symbol }): Report =>
  (error, isRejection) =>
    reportHandlerError(error, isRejection, { ...place, event: String(place.event) });

/** Answers an event that asked for it with the words above; does nothing when it was answered already, or did not ask. */
export function failAnswer(args: readonly unknown[]): void {
  const answer = args[args.length - 1];
  if (typeof answer === "function") answer({ error: INTERNAL_ERROR });
}
