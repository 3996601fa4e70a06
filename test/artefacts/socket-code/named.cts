import * as all from "socket.io";
import {
  type BroadcastOperator,
  type DefaultEventsMap,
  type DisconnectReason,
  type Event,
  type ExtendedError,
  Namespace,
  type RemoteSocket,
  Server,
  type ServerOptions,
  Socket,
} from "socket.io";

const server: all.Server = new Server();
const other: Server = new all.Server();
export type All = [
  BroadcastOperator<DefaultEventsMap, unknown>,
  DisconnectReason,
  Event,
  ExtendedError,
  RemoteSocket<DefaultEventsMap, unknown>,
  ServerOptions,
  all.BroadcastOperator<all.DefaultEventsMap, unknown>,
  all.DisconnectReason,
  all.Event,
  all.ExtendedError,
  all.Namespace,
  all.RemoteSocket<all.DefaultEventsMap, unknown>,
  all.ServerOptions,
  all.Socket,
];
console.log(server, other, Namespace, Socket);
