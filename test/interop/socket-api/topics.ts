import { ADAPTER_CALLS } from "./adapter-calls.ts";
import type { Behaviour } from "./behaviour.ts";
import { BROADCAST_ACKS } from "./broadcast-acks.ts";
import { BROADCASTING } from "./broadcasting.ts";
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
import { SELECTING, SERVER_SIDE } from "./selecting.ts";
import { SOCKET } from "./socket.ts";

export const TOPICS: readonly (readonly [topic: string, behaviours: readonly Behaviour[]])[] = [
  ["construction", CONSTRUCTION],
  ["closing", CLOSING],
  ["namespaces", NAMESPACES],
  ["dynamic namespaces", DYNAMIC_NAMESPACES],
  ["middlewares", MIDDLEWARES],
  ["broadcasting", BROADCASTING],
  ["selecting", SELECTING],
  ["server side", SERVER_SIDE],
  ["emitter", EMITTER],
  ["socket", SOCKET],
  ["emitting", EMITTING],
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
