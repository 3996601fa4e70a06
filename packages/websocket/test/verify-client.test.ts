import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect } from "chai";
import { type Answer, ask as askApplication } from "../src/admission.ts";
import type { VerifyClient } from "../src/verify-client.ts";
import { WebSocketServer } from "../src/websocket-server.ts";
import type { VerifyClientCallbackAsync, VerifyClientCallbackSync } from "../src/ws-types.ts";
import { FakeSocket, nextTurn } from "./support/fake-socket.ts";
import { handshakeRequest, RawClient } from "./support/raw-client.ts";
import { runningTimers } from "./support/timers.ts";
import { TLS_CERT, TLS_KEY } from "./support/tls.ts";

type Callback = Parameters<VerifyClientCallbackAsync>[1];

describe("verifyClient", () => {
  let server: WebSocketServer;
  let accepted: number;
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

  async function listen(verifyClient: VerifyClient, handshakeTimeout?: number): Promise<number> {
    server = new WebSocketServer({ port: 0, host: "127.0.0.1", verifyClient, handshakeTimeout });
    accepted = 0;
    server.on("connection", (webSocket) => {
      accepted++;
      webSocket.close();
    });
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  async function ask(port: number, headers: Record<string, string> = {}): Promise<RawClient> {
    const client = await RawClient.connect(port);
    client.send(handshakeRequest(headers));
    return client;
  }
  const answerTo = async (port: number): Promise<string> =>
    (await (await ask(port)).readToEnd()).toString("latin1");

  interface Waiting {
    readonly client: RawClient;
    /** The server's end. */
    readonly socket: Socket;
    readonly callback: Callback;
  }

  /** Starts a server whose application keeps the callback, and a client that waits for it. */
  async function keepWaiting(handshakeTimeout?: number): Promise<Waiting> {
    let tell: (asked: Pick<Waiting, "socket" | "callback">) => void = () => {};
    const asked = new Promise<Pick<Waiting, "socket" | "callback">>((resolve) => {
      tell = resolve;
    });
    const port = await listen(
      ({ req }, callback) => tell({ socket: req.socket, callback }),
      handshakeTimeout,
    );
    const client = await ask(port);
    return { client, ...(await asked) };
  }

  it("is told the origin, whether TLS is spoken, and the request", async () => {
    const infos: unknown[] = [];
    const verify: VerifyClientCallbackSync = ({ origin, secure, req }) => {
      infos.push([origin, secure, req.url]);
      return false;
    };
    const port = await listen(verify);
    for (const headers of [
      { Origin: "http://here" },
      { "Sec-WebSocket-Version": "8", "Sec-WebSocket-Origin": "http://there" },
    ])
      await (await ask(port, headers)).readToEnd();

    const https = createServer({ key: TLS_KEY, cert: TLS_CERT }).listen(0, "127.0.0.1");
    await once(https, "listening");
    const overTls = new WebSocketServer({ server: https, verifyClient: verify });
    const socket = connectTls({ port: (https.address() as AddressInfo).port, rejectUnauthorized: false });
    socket.write(handshakeRequest());
    await once(socket.resume(), "close");
    overTls.close();
    await new Promise((resolve) => https.close(resolve));
    expect(infos).to.deep.equal([
      ["http://here", false, "/"],
      ["http://there", false, "/"],
      [undefined, true, "/"],
    ]);
  });

  const ACCEPTING: readonly [name: string, verify: VerifyClient][] = [
    ["true", () => true],
    ["a promise of true", (async () => true) as never],
    ["a callback with true", (_info, callback) => callback(true)],
    ["a callback with true, later", (_info, callback) => void setImmediate(callback, true)],
    [
      "a callback with true, and then again",
      (_info, callback) => {
        callback(true);
        callback(true);
        callback(false);
      },
    ],
  ];
  for (const [name, verify] of ACCEPTING)
    it(`accepts on ${name}`, async () => {
      const client = await ask(await listen(verify));
      expect(await client.readHead()).to.match(/^HTTP\/1.1 101 /);
      expect((await client.read(2)).toString("hex")).to.equal("8800");
      client.destroy();
      expect(accepted).to.equal(1);
    });

  const UNAUTHORIZED =
    "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\nUnauthorized";
  const REFUSING: readonly [name: string, verify: VerifyClient, answer: string][] = [
    ["false", () => false, UNAUTHORIZED],
    ["a promise of false", (async () => false) as never, UNAUTHORIZED],
    ["a callback with false", (_info, callback) => callback(false), UNAUTHORIZED],
    [
      "a callback with false, and then true",
      (_info, callback) => {
        callback(false);
        callback(true);
      },
      UNAUTHORIZED,
    ],
    [
      "a callback with a status, a message and headers",
      (_info, callback) => callback(false, 403, "no é", { "X-Why": 1, "Set-Cookie": ["a=b", "c=d"] }),
      "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 5\r\n" +
        "X-Why: 1\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\nno \xc3\xa9",
    ],
    [
      "a callback with a status that has no name",
      (_info, callback) => callback(false, 499),
      "HTTP/1.1 499 Error\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n",
    ],
  ];
  for (const [name, verify, answer] of REFUSING)
    it(`refuses on ${name}`, async () => {
      expect(await answerTo(await listen(verify))).to.equal(answer);
      expect(accepted).to.equal(0);
    });

  const fail = (): never => {
    throw new Error("the application's");
  };
  const FAILING: readonly [name: string, verify: VerifyClient, error: RegExp][] = [
    ["that throws", fail, /the application's/],
    ["that throws with a callback", (_info, _callback) => fail(), /the application's/],
    ["that rejects", (async () => fail()) as never, /the application's/],
    ["that rejects with nothing", (() => Promise.reject()) as never, /undefined/],
    [
      "whose header would break out of its line",
      (_info, callback) => callback(false, 401, "", { "X-A": "b\r\nX-C: d" }),
      /header line/,
    ],
    ["whose status is none", (_info, callback) => callback(false, 101), /status/],
    ["whose message is none", (_info, callback) => callback(false, 401, {} as never), /string/],
  ];
  for (const [name, verify, error] of FAILING)
    it(`answers 500 for one ${name}, and lets the error go its way`, async () => {
      const port = await listen(verify);
      const uncaught = nextUnhandled();
      expect(await answerTo(port)).to.match(/^HTTP\/1.1 500 /);
      expect(String(await uncaught)).to.match(error);
      expect(accepted).to.equal(0);
    });

  it("refuses with 503 when no answer comes in time, and takes none after that", async () => {
    const { client, callback } = await keepWaiting(1);
    expect((await client.readToEnd()).toString()).to.match(/^HTTP\/1.1 503 /);
    callback(true);
    expect(accepted).to.equal(0);
  });

  it("tells of no connection that is reset while the application thinks", async () => {
    const { client, socket, callback } = await keepWaiting();
    // Nobody reads yet, so that only a reset is heard of before the answer.
    const gone = new Promise((resolve) => socket.once("close", resolve));
    client.socket.resetAndDestroy();
    await gone;
    callback(true);
    expect(accepted).to.equal(0);
  });

  it("refuses with 503 when the server was closed meanwhile", async () => {
    const { client, callback } = await keepWaiting();
    server.close();
    callback(true);
    expect((await client.readToEnd()).toString()).to.match(/^HTTP\/1.1 503 /);
    expect(accepted).to.equal(0);
  });
});

describe("asking the application", () => {
  it("waits with one timer, and leaves nothing behind once answered, or once the client is gone", async () => {
    await nextTurn();
    const before = runningTimers();
    for (const end of ["answer", "close"]) {
      const socket = new FakeSocket();
      const listeners = socket.listenerCount("close");
      const answers: unknown[] = [];
      let answer: Answer = () => {};
      askApplication(
        socket,
        60_000,
        (tell) => {
          answer = tell;
        },
        (refusal) => answers.push(refusal),
      );
      expect(runningTimers()).to.equal(before + 1);
      if (end === "close") socket.destroy();
      await nextTurn();
      answer();
      answer({ status: 400, message: "" });
      expect(answers).to.deep.equal(end === "answer" ? [undefined] : []);
      expect(socket.listenerCount("close")).to.equal(listeners);
      expect(runningTimers()).to.equal(before);
    }
  });

  it("takes an answer that comes at once without a timer", () => {
    const before = runningTimers();
    const answers: unknown[] = [];
    askApplication(
      new FakeSocket(),
      60_000,
      (answer) => answer(),
      (refusal) => answers.push(refusal),
    );
    expect(answers).to.deep.equal([undefined]);
    expect(runningTimers()).to.equal(before);
  });
});

/** What nobody caught next, thrown or rejected; the test runner does not hear of it. */
function nextUnhandled(): Promise<unknown> {
  const EVENTS = ["uncaughtException", "unhandledRejection"] as const;
  return new Promise((resolve) => {
    const others = EVENTS.map((event) => process.rawListeners(event));
    const onUnhandled = (error: unknown): void => {
      for (const [index, event] of EVENTS.entries()) {
        process.removeAllListeners(event);
        for (const other of others[index] ?? []) process.on(event as "exit", other as () => void);
      }
      resolve(error);
    };
    for (const event of EVENTS) process.removeAllListeners(event).on(event as "exit", onUnhandled);
  });
}
