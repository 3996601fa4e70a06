/**
 * Which Towline package may import which (design: arrows point down only). Keys and values are folder names below
 * packages/. A package that is missing here is refused, so that a new one gets its place.
 */
export const LAYERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["core", []],
  ["sse", ["core"]],
  ["websocket", ["core"]],
  ["engine.io-parser", ["core"]],
  ["socket.io-parser", ["core"]],
  ["socket.io-adapter", ["core", "socket.io-parser"]],
  ["engine.io", ["core", "engine.io-parser", "sse", "websocket"]],
  ["engine.io-client", ["core", "engine.io-parser", "sse", "websocket"]],
  ["socket.io", ["core", "engine.io", "socket.io-adapter", "socket.io-parser"]],
  ["socket.io-client", ["core", "engine.io-client", "socket.io-parser"]],
]);

/** Packages that only Node can load. */
export const NODE_ONLY: ReadonlySet<string> = new Set([
  "websocket",
  "engine.io",
  "socket.io",
  "socket.io-adapter",
]);

/**
 * Codecs, machines and everything a browser loads: no I/O, so nothing from Node. `*` stands for any characters within a
 * folder or file name, `**` for any folders.
 */
export const PURE: readonly string[] = [
  "packages/*/src/**/*-states.ts",
  "packages/core/src/**",
  "packages/engine.io-parser/src/**",
  "packages/engine.io-client/src/**",
  "packages/socket.io-parser/src/**",
  "packages/socket.io-client/src/**",
  "packages/engine.io/src/deadline-queue.ts",
  "packages/engine.io/src/heartbeat.ts",
  "packages/engine.io/src/session.ts",
  "packages/engine.io/src/transport.ts",
  "packages/engine.io/src/upgrade.ts",
  "packages/engine.io/src/transports/http-call.ts",
  "packages/socket.io/src/acks.ts",
  "packages/socket.io/src/broadcast-answers.ts",
  "packages/socket.io/src/namespaces.ts",
  "packages/socket.io/src/middlewares.ts",
  "packages/socket.io/src/packet-codec.ts",
  "packages/socket.io-adapter/src/answering.ts",
  "packages/socket.io-adapter/src/kept.ts",
  "packages/socket.io-adapter/src/namespace-clock.ts",
  "packages/socket.io-adapter/src/background-timeout.ts",
  "packages/socket.io-adapter/src/cluster-options.ts",
  "packages/socket.io-adapter/src/recovery-options.ts",
  "packages/socket.io-adapter/src/socket-details.ts",
  "packages/socket.io-adapter/src/membership.ts",
  "packages/socket.io-adapter/src/rooms.ts",
  "packages/socket.io-adapter/src/selection.ts",
  "packages/socket.io-adapter/src/packet-log.ts",
  "packages/socket.io-adapter/src/sessions.ts",
  "packages/socket.io-adapter/src/recoverable.ts",
  "packages/socket.io-adapter/src/requests.ts",
  "packages/socket.io-adapter/src/ack-requests.ts",
  "packages/socket.io-adapter/src/offset-queue.ts",
  "packages/socket.io-adapter/src/nodes.ts",
  "packages/socket.io-adapter/src/cluster-reader.ts",
  "packages/socket.io-adapter/src/cluster-message.ts",
  "packages/socket.io-adapter/src/delivery.ts",
  "packages/socket.io-adapter/src/outlet.ts",
  "packages/socket.io-adapter/src/compat.ts",
  "packages/websocket/src/frame-*.ts",
  "packages/websocket/src/mask.ts",
  "packages/websocket/src/message-collector.ts",
  "packages/websocket/src/reader-rules.ts",
  "packages/websocket/src/extension-list.ts",
  "packages/websocket/src/deflate-params.ts",
  "packages/websocket/src/deflate-negotiation.ts",
];

/** The exceptions to `PURE`: what a package keeps apart for Node, behind its `#platform` import. */
export const IMPURE: readonly string[] = ["packages/*/src/platform.ts", "packages/*/src/node/**"];
