/**
 * Titles of what our package does otherwise, and why. What it does instead is in `ours.ts`, where it is not said by
 * another test already.
 */
export const OURS_DIFFERS: ReadonlyMap<string, string> = new Map([
  [
    "has no engine until it is attached",
    "its options are checked when it is made, those of the engine among them",
  ],
  [
    "close of a server that was attached to nothing rejects for want of an engine",
    "there is nothing to close, and nothing has failed",
  ],
  [
    "answers CONNECT as often as the last one calls next",
    "only the first call counts, as it does in Express",
  ],
  [
    "still writes what is emitted after the socket's end when the connection goes on",
    "the client has left the namespace, or was put out of it",
  ],
  [
    "tells an acknowledgement of the socket's end when its timeout is over",
    "nobody will answer any more, so it is told at once",
  ],
  [
    "ignores an acknowledgement without an id, and takes one without arguments for an empty one",
    "both break the protocol: an acknowledgement has an id and a list",
  ],
  [
    "loses events that DISCONNECT follows in the same read",
    "listeners run in the turn of the read, so that what came before the end is heard before it",
  ],
  ...["a packet is malformed", "bytes come that no packet announced"].map((title): [string, string] => [
    `disconnects for "forced close" when ${title}`,
    "the reason is `parse error`, as the documentation of the reference has it",
  ]),
  ["asks nobody from a parent namespace", "a parent stands for its children, as it does when it emits"],
  [
    "does nothing to the sockets of children by socketsJoin, socketsLeave and disconnectSockets of a parent",
    "a parent stands for its children, as it does when it emits",
  ],
  [
    "sends what was missed before CONNECT",
    "a client that is cut off between the two would ask for the same events again, and hear them twice",
  ],
  [
    "does not recover a client that has received nothing yet",
    "nothing it could have missed is lost, so that it can be recovered",
  ],
  [
    "refuses clients of Engine.IO 3 unless allowEIO3 says otherwise",
    "clients of every generation are served by default",
  ],
]);
