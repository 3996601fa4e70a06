/** The events of a chat, as the type tests use them. */
import type { Namespace, RemoteSocket, Server, Socket } from "@towline/socket.io";

export interface ClientEvents {
  say: (text: string) => void;
  rename: (name: string, reply: (accepted: boolean) => void) => void;
  leave: () => void;
}

export interface ServerEvents {
  said: (author: string, text: string) => void;
  message: (text: string, urgent?: boolean) => void;
  tick: () => void;
  ask: (question: string, reply: (answer: string) => void) => void;
  vote: (topic: { id: number }, reply: (yes: boolean, weight: number) => void) => void;
  ready: (reply: () => void) => void;
  check: (reply: (error: Error, load: number) => void) => void;
  hint: (text: string, reply?: (seen: boolean) => void) => void;
}

/** What the servers of a cluster tell one another. */
export interface ClusterEvents {
  refresh: (room: string) => void;
  count: (room: string, reply: (people: number) => void) => void;
}

export interface Person {
  name: string;
  age: number;
}

export type ChatServer = Server<ClientEvents, ServerEvents, ClusterEvents, Person>;
export type ChatNamespace = Namespace<ClientEvents, ServerEvents, ClusterEvents, Person>;
export type ChatSocket = Socket<ClientEvents, ServerEvents, ClusterEvents, Person>;
export type ChatRemoteSocket = RemoteSocket<ServerEvents, Person>;

export declare const io: ChatServer;
export declare const namespace: ChatNamespace;
export declare const socket: ChatSocket;
export declare const remote: ChatRemoteSocket;
/** All that broadcast: what they give differs in nothing. */
export declare const broadcaster: ReturnType<ChatServer["to"]>;
