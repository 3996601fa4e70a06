import * as all from "engine.io";
import {
  type AttachOptions,
  attach,
  type BaseServer,
  type ErrorCallback,
  listen,
  parser,
  protocol,
  Server,
  type ServerOptions,
  Socket,
  Transport,
  transports,
  uServer,
} from "engine.io";

const server: all.Server = new Server();
const other: Server = new all.Server();
export type All = [
  AttachOptions,
  BaseServer,
  ErrorCallback,
  ServerOptions,
  all.AttachOptions,
  all.BaseServer,
  all.ErrorCallback,
  all.ServerOptions,
  all.Socket,
  all.Transport,
];
console.log(
  server,
  other,
  attach,
  listen,
  parser.encodePacket,
  protocol,
  Socket,
  Transport,
  transports,
  uServer,
);
