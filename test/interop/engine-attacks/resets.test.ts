/** Connections that are lost at every moment of a session. */
import { expect } from "chai";
import { frame, TEXT } from "../../../packages/websocket/test/support/bytes.ts";
import { Witness } from "../../../packages/websocket/test/support/witness.ts";
import { upgradeRequest } from "../bad-input/wire.ts";
import type { RawConnection } from "./raw-connection.ts";
import { Victim } from "./victim.ts";

const TIMES = 10;

/** What a client does before it is lost, on a connection of its own; `path` is that of a session on polling. */
type Moment = (connection: RawConnection, path: string) => Promise<unknown> | unknown;

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const post = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;
const opening = upgradeRequest("/engine.io/?EIO=4&transport=websocket");
const probing = (path: string) => upgradeRequest(path.replace("transport=polling", "transport=websocket"));

const MOMENTS: readonly (readonly [title: string, moment: Moment])[] = [
  ["once connected", () => {}],
  ["in the request line", (connection) => connection.write("GET /engine.io/?EIO=4")],
  ["in the headers", (connection, path) => connection.write(get(path).slice(0, -4))],
  [
    "with the request of a handshake",
    (connection) => connection.write(get("/engine.io/?EIO=4&transport=polling")),
  ],
  ["with a poll", (connection, path) => connection.write(get(path))],
  ["with the head of a post", (connection, path) => connection.write(post(path, 10))],
  ["in the body of a post", (connection, path) => connection.write(`${post(path, 10)}4a`)],
  ["with a whole post", (connection, path) => connection.write(`${post(path, 2)}4a`)],
  [
    "with a poll and a post behind it",
    (connection, path) => connection.write(`${get(path)}${post(path, 2)}4a`),
  ],
  ["with a post too long", (connection, path) => connection.write(`${post(path, 1e9)}4a`)],
  ["with a refused request", (connection, path) => connection.write(get(`${path}x`))],
  ["in the headers of an upgrade", (connection) => connection.write(opening.slice(0, -4))],
  ["with an upgrade", (connection) => connection.write(opening)],
  ["with a refused upgrade", (connection, path) => connection.write(probing(`${path}x`))],
  [
    "with a refused upgrade and bytes behind it",
    (connection, path) => connection.write(`${probing(`${path}x`)}abc`),
  ],
  [
    "once a WebSocket is open",
    (connection) => {
      connection.write(opening);
      return connection.until(/0\{/);
    },
  ],
  [
    "in a frame",
    (connection) => {
      connection.write(opening);
      connection.write(frame(TEXT, "4hello").subarray(0, 8));
      return connection.until(/0\{/);
    },
  ],
  ["with the upgrade of a session", (connection, path) => connection.write(probing(path))],
  [
    "with a probe",
    (connection, path) =>
      connection.write(Buffer.concat([Buffer.from(probing(path)), frame(TEXT, "2probe")])),
  ],
  [
    "once the probe is answered",
    (connection, path) => {
      connection.write(Buffer.concat([Buffer.from(probing(path)), frame(TEXT, "2probe")]));
      return connection.until(/3probe/);
    },
  ],
  [
    "with the last packet of the upgrade",
    async (connection, path) => {
      connection.write(Buffer.concat([Buffer.from(probing(path)), frame(TEXT, "2probe")]));
      await connection.until(/3probe/);
      connection.write(frame(TEXT, "5"));
    },
  ],
];

describe("connections that are lost", function () {
  this.timeout(5_000);
  let victim: Victim;
  before(async () => {
    victim = await Victim.start({ pingInterval: 60, pingTimeout: 60 });
    await victim.meetBystander();
  });
  after(() => victim.close());

  for (const [how, lose] of [
    ["reset", (connection: RawConnection) => connection.reset()],
    ["ended", (connection: RawConnection) => connection.socket.end()],
  ] as const)
    for (const [title, moment] of MOMENTS)
      it(`harm nobody: ${how} ${title}`, async () => {
        const witness = await Witness.arrive();
        try {
          const connections = await Promise.all(
            Array.from({ length: TIMES }, async () => {
              const { path } = await victim.openPolling();
              const connection = await victim.dial();
              await moment(connection, path);
              lose(connection);
              return connection;
            }),
          );
          // Each session closes, at the latest by its heartbeat.
          await victim.emptied();
          for (const connection of connections) connection.cut();
          await victim.expectOthersUnharmed();
          expect(witness.unhandled).to.deep.equal([]);
        } finally {
          witness.leave();
        }
      });
});
