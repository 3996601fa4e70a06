import { ACKS } from "./acks.ts";
import { ADAPTER_CALLS } from "./adapter-calls.ts";
import { ATTACHING } from "./attaching.ts";
import type { Behaviour } from "./behaviour.ts";
import { BROADCAST_ACKS } from "./broadcast-acks.ts";
import { BROADCASTING } from "./broadcasting.ts";
import { CHILD_NAMESPACES } from "./child-namespaces.ts";
import { CLIENT_SERVING } from "./client-serving.ts";
import { CLOSING } from "./closing.ts";
import { CONSTRUCTION } from "./construction.ts";
import { DISCONNECTING } from "./disconnecting.ts";
import { DYNAMIC_NAMESPACES } from "./dynamic-namespaces.ts";
import { EMITTER } from "./emitter.ts";
import { EMITTING } from "./emitting.ts";
import { ENGINE_OPTIONS } from "./engine-options.ts";
import { INNER_NAMES } from "./inner-names.ts";
import { LISTENING } from "./listening.ts";
import { MIDDLEWARES } from "./middlewares.ts";
import { NAMESPACES } from "./namespaces.ts";
import { OLD_CLIENTS } from "./old-clients.ts";
import { PARSERS } from "./parsers.ts";
import { RECOVERING } from "./recovery.ts";
import { REMOTE_SOCKETS } from "./remote-sockets.ts";
import { SELECTING } from "./selecting.ts";
import { SERVER_SIDE } from "./server-side.ts";
import { SOCKET } from "./socket.ts";

export const TOPICS: readonly (readonly [topic: string, behaviours: readonly Behaviour[]])[] = [
  ["construction", CONSTRUCTION],
  ["attaching", ATTACHING],
  ["closing", CLOSING],
  ["namespaces", NAMESPACES],
  ["dynamic namespaces", DYNAMIC_NAMESPACES],
  ["child namespaces", CHILD_NAMESPACES],
  ["middlewares", MIDDLEWARES],
  ["broadcasting", BROADCASTING],
  ["selecting", SELECTING],
  ["remote sockets", REMOTE_SOCKETS],
  ["server side", SERVER_SIDE],
  ["emitter", EMITTER],
  ["socket", SOCKET],
  ["emitting", EMITTING],
  ["acks", ACKS],
  ["listening", LISTENING],
  ["disconnecting", DISCONNECTING],
  ["broadcast acks", BROADCAST_ACKS],
  ["recovery", RECOVERING],
  ["parsers", PARSERS],
  ["client serving", CLIENT_SERVING],
  ["engine options", ENGINE_OPTIONS],
  ["old clients", OLD_CLIENTS],
  ["adapter calls", ADAPTER_CALLS],
  ["inner names", INNER_NAMES],
];
