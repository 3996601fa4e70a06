import { createRequire } from "node:module";
import { PeerAbsent } from "./peer.ts";

/** As much of uWebSockets.js as the benchmark uses; what npm has of it comes without types that fit all versions. */
export interface UwsModule {
  App(): App;
  us_socket_local_port(token: unknown): number;
}

export interface App {
  ws(pattern: string, behavior: Behavior): App;
  listen(host: string, port: number, onListening: (token: unknown) => void): App;
  publish(topic: string, message: string, isBinary: boolean): boolean;
}

export interface UwsSocket {
  send(message: ArrayBuffer, isBinary: boolean): number;
  subscribe(topic: string): boolean;
}

export interface Behavior {
  readonly maxPayloadLength: number;
  readonly maxBackpressure: number;
  /** In seconds; 0 for none. */
  readonly idleTimeout: number;
  readonly open?: (socket: UwsSocket) => void;
  readonly message: (socket: UwsSocket, data: ArrayBuffer, isBinary: boolean) => void;
}

/** The module itself, which npm does not have, and packages which carry its binaries. */
export const UWS_PACKAGES = [
  "uWebSockets.js",
  "@trufflesuite/uws-js-unofficial",
  "@btc-vision/uwebsockets.js",
] as const;

/** CommonJS, which also looks where NODE_PATH says: so it need not be installed in this repository. */
const require = createRequire(import.meta.url);

/** One of the packages falls back to JavaScript where it has no binary for the machine; that one is not meant. */
const isNative = (fn: unknown): boolean => typeof fn === "function" && /\[native code\]/.test(String(fn));

/** @throws {PeerAbsent} when none of the packages is there with a binary for this machine. */
export function loadUws(names: readonly string[] = UWS_PACKAGES): UwsModule {
  let why = "uWebSockets.js is not installed";
  for (const name of names)
    try {
      const module = require(name) as UwsModule;
      if (isNative(module.App)) return module;
      why = `${name} has no binary for this machine`;
    } catch (cause) {
      const isMissing = cause instanceof Error && "code" in cause && cause.code === "MODULE_NOT_FOUND";
      if (!isMissing) why = `${name} does not load on this machine`;
    }
  throw new PeerAbsent(why);
}
