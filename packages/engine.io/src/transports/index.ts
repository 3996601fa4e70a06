import type { Transport as AnyTransport } from "../transport.ts";
import { PollingTransport } from "./polling.ts";
import { WebSocketTransport } from "./websocket.ts";
import { WebTransportTransport } from "./webtransport.ts";

/** The transports by their names. */
export const transports = {
  polling: PollingTransport,
  websocket: WebSocketTransport,
  webtransport: WebTransportTransport,
} as const;

const CLASSES = Object.values(transports);

/** A way to carry packets. */
export interface Transport extends AnyTransport {}

/** What all transports are instances of, for `instanceof`: they share an interface, not an ancestor. */
// biome-ignore lint/complexity/noStaticOnlyClass: the members are those of the interface.
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface is what the class stands for.
export abstract class Transport {
  /** Transports that this one can be left for. */
  static readonly upgradesTo: string[] = [];

  static [Symbol.hasInstance](value: unknown): value is Transport {
    return CLASSES.some((transport) => value instanceof transport);
  }
}
