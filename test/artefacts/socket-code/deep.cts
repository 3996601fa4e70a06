import { type Namespace, Server, type Socket } from "socket.io";
import type { BroadcastOperator } from "socket.io/dist/broadcast-operator";
import type { DefaultEventsMap, EventsMap } from "socket.io/dist/typed-events";

const io = new Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, { name: string }>();
const room = (name: string): BroadcastOperator<DefaultEventsMap, { name: string }> => io.to(name);
export function listen<Events extends EventsMap>(namespace: Namespace<Events>): void {
  namespace.on("connection", (socket: Socket<Events>) => console.log(socket.id));
}
room("lobby").emit("hello");
