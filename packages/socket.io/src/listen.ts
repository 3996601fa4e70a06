import { BroadcastOperator } from "./broadcast-operator.ts";
import { type ExtendedError, Namespace } from "./namespace.ts";
import { RemoteSocket } from "./remote-socket.ts";
import { Server } from "./server.ts";
import type { ServerOptions } from "./server-options.ts";
import { Socket } from "./socket.ts";
import type { DisconnectReason, Event } from "./socket-types.ts";
import type { DefaultEventsMap } from "./typed-events.ts";

/** Makes a server. `require("@towline/socket.io")` is this function, with the classes as its properties. */
function listen(target?: ConstructorParameters<typeof Server>[0], options?: Partial<ServerOptions>): Server {
  return new Server(target, options);
}

/** Its properties, so that `import socketio from "@towline/socket.io"` has them in CommonJS; the build puts them there. */
declare namespace listen {
  export {
    BroadcastOperator,
    type DefaultEventsMap,
    type DisconnectReason,
    type Event,
    type ExtendedError,
    Namespace,
    RemoteSocket,
    Server,
    type ServerOptions,
    Socket,
  };
}

export default listen;
