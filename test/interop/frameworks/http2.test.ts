/** Applications that speak HTTP/2: polling by the compatibility API, WebSocket by extended CONNECT (RFC 8441). */
import { once } from "node:events";
import type { ClientHttp2Stream } from "node:http2";
import type { Socket } from "@towline/engine.io";
import { WebSocketServer } from "@towline/websocket";
import { expect } from "chai";
import { frame, TEXT } from "../../../packages/websocket/test/support/bytes.ts";
import { bytesOf, Http2Client } from "../../../packages/websocket/test/support/http2-client.ts";
import { Guest } from "./guest.ts";
import { ATTACHED_HOSTS } from "./hosts.ts";

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

for (const host of ATTACHED_HOSTS.filter(({ speaksHttp2 }) => speaksHttp2 === true))
  describe(`inside ${host.name}, by HTTP/2`, function () {
    this.timeout(3_000);
    let guest: Guest;
    let client: Http2Client;
    beforeEach(async () => {
      guest = await Guest.arrive(host);
      client = await Http2Client.connect(guest.host.url);
    });
    afterEach(async () => {
      guest.engine.close();
      await client.close();
      await guest.leave();
    });

    async function ask(path: string, body?: string): Promise<Answer> {
      const method = body === undefined ? "GET" : "POST";
      const stream = client.session.request({ ":method": method, ":path": path });
      const [headers] = await once(stream.end(body), "response");
      let text = "";
      for await (const chunk of stream) text += chunk;
      return { status: headers[":status"], body: text };
    }

    /** The text of the next frame, which has fewer than 126 bytes. */
    async function textOf(stream: ClientHttp2Stream): Promise<string> {
      const head = Buffer.from(await bytesOf(stream, 2), "hex");
      return Buffer.from(await bytesOf(stream, head[1] as number), "hex").toString();
    }

    it("serves polling, and the application its routes", async () => {
      const { body } = await ask("/engine.io/?EIO=4&transport=polling");
      const { sid } = JSON.parse(body.slice(1)) as { sid: string };
      const path = `/engine.io/?EIO=4&transport=polling&sid=${sid}`;
      expect(await ask(path, "4naïve")).to.deep.equal({ status: 200, body: "ok" });
      expect(await ask(path)).to.deep.equal({ status: 200, body: "4naïve" });
      expect(await ask("/hello")).to.deep.equal({ status: 200, body: "hello" });
      expect((await ask("/nothing")).status).to.equal(404);
    });

    it("serves WebSocket, and the upgrade of a session, in one connection", async () => {
      const { body } = await ask("/engine.io/?EIO=4&transport=polling");
      const { sid } = JSON.parse(body.slice(1)) as { sid: string };
      const path = `/engine.io/?EIO=4&transport=websocket&sid=${sid}`;
      const upgrading = await client.open({ ":path": path });
      upgrading.stream.write(frame(TEXT, "2probe"));
      expect(await textOf(upgrading.stream)).to.equal("3probe");
      upgrading.stream.write(Buffer.concat([frame(TEXT, "5"), frame(TEXT, "4moved")]));
      expect(await textOf(upgrading.stream)).to.equal("4moved");

      const connected = once(guest.engine, "connection") as Promise<[Socket]>;
      const direct = await client.open({ ":path": "/engine.io/?EIO=3&transport=websocket" });
      const [socket] = await connected;
      expect(await textOf(direct.stream)).to.match(/^0\{"sid"/);
      direct.stream.write(frame(TEXT, "4direct"));
      expect(await textOf(direct.stream)).to.equal("4direct");
      expect([socket.protocol, guest.engine.clientsCount]).to.deep.equal([3, 2]);
      expect(await ask("/hello")).to.deep.equal({ status: 200, body: "hello" });
    });

    it("leaves a WebSocket server on another path alone", async () => {
      const other = new WebSocketServer({ noServer: true });
      guest.host.http.on("stream", (stream, headers) => {
        if (headers[":path"] !== "/other") return;
        other.handleStream(stream, headers, (webSocket) => webSocket.send("other"));
      });
      const theirs = await client.open({ ":path": "/other" });
      expect(await textOf(theirs.stream)).to.equal("other");
      const ours = await client.open({ ":path": "/engine.io/?EIO=4&transport=websocket" });
      expect(await textOf(ours.stream)).to.match(/^0\{"sid"/);
      other.close();
      for (const webSocket of other.clients) webSocket.terminate();
    });
  });
