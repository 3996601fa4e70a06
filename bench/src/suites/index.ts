import { engineSuite } from "./engine.ts";
import { socketIoSuite } from "./socket.io.ts";
import type { Suite } from "./suite.ts";
import { websocketSuite } from "./websocket.ts";

/** All suites. Names of scenarios are unique across them; a peer may be in several. */
export const SUITES: readonly Suite[] = [socketIoSuite, websocketSuite, engineSuite];
