/** What the msgpack bundle has in the place of the client's `default-parser.ts`. */
export * as defaultParser from "socket.io-msgpack-parser";
