import { flag, milliseconds, type OptionInput, optional, text } from "@towline/core";
import type { AttachOptions, ServerOptions as EngineOptions } from "@towline/engine.io";
import type { Adapter, NamespacePort } from "@towline/socket.io-adapter";
import type { AnyNamespace, AnySocket } from "./client.ts";
import type { PreparedPacket } from "./prepared-packet.ts";

/** A class of adapters, or a function that makes one. */
export type AdapterConstructor =
  | (new (
      namespace: NamespacePort<PreparedPacket, AnySocket>,
    ) => Adapter<PreparedPacket, AnySocket>)
  | ((namespace: AnyNamespace) => Adapter<PreparedPacket, AnySocket>);

/** The README's table of options is this one, with those of the engine. */
export const SERVER_OPTIONS = {
  path: text("/socket.io", "Path that requests are taken from."),
  serveClient: flag(true, "Whether the browser client is served below the path."),
  connectTimeout: milliseconds(45_000, "How long a client may take to join a namespace, in milliseconds."),
  adapter: optional<AdapterConstructor>(
    "The adapter of each namespace: a class or a function. Defaults to rooms in memory.",
    "a class or a function",
    (value) => typeof value === "function",
  ),
};

export type ServerOptions = OptionInput<typeof SERVER_OPTIONS> & EngineOptions & AttachOptions;
