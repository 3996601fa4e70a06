import { asEvent, burstScenario } from "./burst-scenario.ts";

/** Leaving a room, joining it and emitting to it: what that costs must not depend on how many other rooms there are. */
const roomScenario = (name: string, app: "fewRooms" | "manyRooms", summary: string) =>
  burstScenario(
    { name, summary, targets: [], app },
    { connections: 10, payloadBytes: 32, broadcasts: 1, wrap: asEvent("room") },
  );

export const roomAmongFew = roomScenario(
  "room-few",
  "fewRooms",
  "leave, join and emit to a room of 10 sockets, among 10 rooms",
);

export const roomAmongMany = roomScenario("room-many", "manyRooms", "the same among 100,000 rooms");
