import { burstTexts } from "../burst-texts.ts";
import { websocket } from "../load/dialect.ts";
import type { Peer } from "./peer.ts";
import { type App, loadUws, UWS_PACKAGES, type UwsModule, type UwsSocket } from "./uws-module.ts";

const TOPIC = "all";

/** As unbounded as the other peers are by default, without a heartbeat as they are. */
const LIMITS = { maxPayloadLength: 100 * 1024 * 1024, maxBackpressure: 100 * 1024 * 1024, idleTimeout: 0 };

function listen(module: UwsModule, app: App): Promise<number> {
  return new Promise((resolve, reject) => {
    app.listen("127.0.0.1", 0, (token) => {
      if (token) resolve(module.us_socket_local_port(token));
      else reject(new Error("uWebSockets.js cannot listen"));
    });
  });
}

/** uWebSockets.js: a server in C++, of which JavaScript sees the messages only. */
export const uws: Peer = {
  name: "uws",
  packages: UWS_PACKAGES,
  dialect: websocket,
  apps: {
    async echo() {
      const module = loadUws();
      const app = module.App();
      const message = (socket: UwsSocket, data: ArrayBuffer, isBinary: boolean) => {
        socket.send(data, isBinary);
      };
      return listen(module, app.ws("/*", { ...LIMITS, message }));
    },
    async burst() {
      const module = loadUws();
      const app = module.App();
      const open = (socket: UwsSocket) => {
        socket.subscribe(TOPIC);
      };
      const message = (_socket: UwsSocket, data: ArrayBuffer) => {
        for (const text of burstTexts(Buffer.from(data).toString())) app.publish(TOPIC, text, false);
      };
      return listen(module, app.ws("/*", { ...LIMITS, open, message }));
    },
  },
};
