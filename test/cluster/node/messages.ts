/** What a test and its nodes say to one another, over IPC with `serialization: "advanced"`. */

/** One call or property of an API: its name and its arguments. `["to", "room"]` is `.to("room")`, `["local"]` is `.local`. */
export type Step = readonly [name: string, ...args: unknown[]];

/**
 * What the steps start from: the server, a namespace, one of the node's own sockets, the first of the sockets that
 * `in(room).fetchSockets()` gives, or the adapter of the main namespace.
 */
export type Target =
  | { readonly of: "server" }
  | { readonly of: "namespace"; readonly name: string }
  | { readonly of: "socket"; readonly id: string }
  | { readonly of: "remote socket"; readonly room: string }
  | { readonly of: "adapter" };

export interface Request {
  readonly request: number;
  readonly target: Target;
  readonly steps: readonly Step[];
}

export type Answer =
  | { readonly answers: number; readonly value: unknown }
  | { readonly answers: number; readonly fault: string; readonly responses: unknown };

export type Notice =
  | { readonly notice: "ready"; readonly port: number; readonly pid: number }
  | { readonly notice: "news" | "riddle"; readonly args: readonly unknown[] }
  | { readonly notice: "lost"; readonly socketId: string }
  /** Nobody caught this error. */
  | { readonly notice: "fault"; readonly error: string };

/** What a node says. Wrapped, since adapters and balancers use the same channel. */
export interface FromNode {
  readonly fromNode: string;
  readonly message: Answer | Notice;
}

/** What a test says to the primary of a Node cluster. */
export type ToPrimary = { readonly start: string } | { readonly toNode: string; readonly message: Request };

export const isFromNode = (message: unknown): message is FromNode =>
  typeof message === "object" && message !== null && "fromNode" in message;

export const isRequest = (message: unknown): message is Request =>
  typeof message === "object" && message !== null && "request" in message;

/** What a `RemoteSocket` becomes on its way to the test. */
export interface SocketView {
  readonly id: string;
  readonly rooms: readonly string[];
  readonly data: unknown;
  readonly query: unknown;
}
