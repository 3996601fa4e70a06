import WebSocket from "ws";

const ws = new WebSocket("ws://localhost");
const done = (error?: Error): void => console.log(error);

ws.send("text");
ws.send("text", done);
ws.send("text", { binary: true, compress: true, fin: false, mask: true }, done);
ws.send("text", { compress: undefined });
ws.send(5);
ws.send(Buffer.from("x"));
ws.send(Uint8Array.of(1, 2));
ws.send(Float64Array.of(1, 2));
ws.send(new DataView(new ArrayBuffer(2)));
ws.send(new ArrayBuffer(2));
ws.send(new SharedArrayBuffer(2));
ws.send(new Blob(["x"]));
ws.send([1, 2, 3]);
ws.send(["1", 2]);
ws.send({ valueOf: () => new ArrayBuffer(1) });
ws.send({ valueOf: () => new SharedArrayBuffer(1) });
ws.send({ valueOf: () => Uint8Array.of(1) });
ws.send({ valueOf: () => [1] as readonly number[] });
ws.send({ valueOf: () => "text" });
ws.send({ [Symbol.toPrimitive]: (hint: string) => hint });
const either: string | Buffer = Math.random() < 0.5 ? "x" : Buffer.from("x");
ws.send(either);

ws.ping();
ws.ping("data");
ws.ping(Buffer.from("data"), true);
ws.ping(12, false, (error) => console.log(error.message));
ws.ping(undefined, undefined, () => {});
ws.pong();
ws.pong("data", undefined, (error: Error) => console.log(error));
ws.close();
ws.close(1000);
ws.close(1000, "bye");
