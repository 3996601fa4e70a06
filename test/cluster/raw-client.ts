import { WebSocket } from "ws";

/** The answer to a CONNECT of ours, as it came, and the connection it came on. */
export interface RawConnection {
  readonly sid: string;
  readonly pid: string;
  /** Text of each packet since. */
  readonly packets: readonly string[];
  /** Resolves when the other side has closed the connection. */
  readonly closed: Promise<void>;
  /** Ends the connection without a word. */
  drop(): void;
}

/** Connects to the main namespace over WebSocket, with this as `auth`. */
export function connectRaw(url: string, auth: object): Promise<RawConnection> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
    const packets: string[] = [];
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    socket.on("error", reject);
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      if (text.startsWith("0{")) socket.send(`40${JSON.stringify(auth)}`);
      else if (text.startsWith("40{")) {
        const { sid, pid } = JSON.parse(text.slice(2)) as { sid: string; pid: string };
        resolve({ sid, pid, packets, closed, drop: () => socket.terminate() });
      } else packets.push(text);
    });
  });
}
