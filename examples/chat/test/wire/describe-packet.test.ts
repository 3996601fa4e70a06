import { expect } from "chai";
import { describePacket, type EngineType } from "../../src/client/wire/describe-packet.ts";

const message = (text: string) => describePacket("message", text);

describe("meaning of a packet", () => {
  const ENGINE: readonly [type: EngineType, data: string | undefined, title: string, kind: string][] = [
    ["open", '{"sid":"x"}', "open", "handshake"],
    ["ping", undefined, "ping", "heartbeat"],
    ["pong", undefined, "pong", "heartbeat"],
    ["ping", "probe", "ping probe", "upgrade"],
    ["pong", "probe", "pong probe", "upgrade"],
    ["upgrade", undefined, "upgrade", "upgrade"],
    ["noop", undefined, "noop", "upgrade"],
    ["close", undefined, "close", "end"],
  ];
  for (const [type, data, title, kind] of ENGINE)
    it(`${type} ${data ?? ""} is ${kind}`, () => {
      expect(describePacket(type, data)).to.include({ title, kind, attachments: 0 });
    });

  const SOCKET: readonly [text: string, meaning: object][] = [
    ["0", { title: "CONNECT", namespace: "/", kind: "handshake" }],
    ['0{"token":"x"}', { title: "CONNECT", namespace: "/" }],
    ['0/admin,{"token":"x"}', { title: "CONNECT", detail: "/admin", namespace: "/admin" }],
    ["0/admin?token=x", { title: "CONNECT", namespace: "/admin?token=x" }],
    ['2["message",{"text":"1-2"}]', { title: "EVENT", detail: "message", namespace: "/" }],
    ['212["message",1]', { title: "EVENT", detail: "message", ackId: 12 }],
    ['2/admin,7["kick"]', { title: "EVENT", detail: "kick", namespace: "/admin", ackId: 7 }],
    ['2["a\\"b"]', { title: "EVENT", detail: 'a"b' }],
    ['37[{"ok":true}]', { title: "ACK", ackId: 7 }],
    ['4{"message":"no"}', { title: "CONNECT ERROR", kind: "handshake" }],
    [
      '51-["picture",{"_placeholder":true,"num":0}]',
      { title: "BINARY EVENT", detail: "picture", attachments: 1 },
    ],
    ['62-/admin,3[{"_placeholder":true,"num":0}]', { title: "BINARY ACK", ackId: 3, attachments: 2 }],
    ["1", { title: "DISCONNECT", kind: "end" }],
  ];
  for (const [text, meaning] of SOCKET) it(text, () => expect(message(text)).to.include(meaning));

  for (const text of ["", "9", "hello", "2", "2[", '2["x', "2[1]", '2["\\x"]'])
    it(`says something of ${JSON.stringify(text)} too`, () => {
      expect(message(text).title).to.be.a("string");
    });

  it("takes bytes for an attachment", () => {
    expect(describePacket("message", Uint8Array.of(1))).to.include({ title: "binary", detail: "attachment" });
  });
});
