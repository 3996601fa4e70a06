/** Why a Socket was disconnected, in the words of `socket.io-client`. */
export type DisconnectReason =
  | "io server disconnect"
  | "io client disconnect"
  | "ping timeout"
  | "transport close"
  | "transport error"
  | "parse error"
  | "forced close";

/** What is known beyond the reason. */
export type DisconnectDescription = Error | { readonly description: string; readonly context?: unknown };
