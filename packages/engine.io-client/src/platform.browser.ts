/** What differs between Node and browsers: this is the browsers' side. */
import type { NetworkOptions, OpenWebSocket, SendHttp } from "./network.ts";

export type BinaryType = "nodebuffer" | "arraybuffer" | "blob";

export const defaultBinaryType: BinaryType = "arraybuffer";

export const decodeUtf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Where a client goes that was given no address: to where the page came from. */
export const pageLocation:
  | { readonly protocol: string; readonly hostname: string; readonly port: string }
  | undefined = globalThis.location;

/** Calls back when the network or the page goes away; returns what undoes that. */
export function watchNetwork(onLost: (description: string) => void, closesWithPage: boolean): () => void {
  const onOffline = (): void => onLost("network connection lost");
  const onUnload = (): void => onLost("page is being left");
  globalThis.addEventListener?.("offline", onOffline);
  if (closesWithPage) globalThis.addEventListener?.("beforeunload", onUnload);
  return () => {
    globalThis.removeEventListener?.("offline", onOffline);
    globalThis.removeEventListener?.("beforeunload", onUnload);
  };
}

export const httpClient =
  (options: NetworkOptions): SendHttp =>
  ({ method, url, body, timeoutMs = options.requestTimeoutMs }, sink) => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, url, true);
    xhr.responseType = "arraybuffer";
    xhr.withCredentials = options.withCredentials;
    if (timeoutMs !== undefined) xhr.timeout = timeoutMs;
    if (body !== undefined)
      xhr.setRequestHeader(
        "Content-Type",
        typeof body === "string" ? "text/plain;charset=UTF-8" : "application/octet-stream",
      );
    for (const [name, value] of Object.entries(options.headers)) xhr.setRequestHeader(name, value);
    xhr.onload = () => sink.onResponse(xhr.status, new Uint8Array(xhr.response as ArrayBuffer));
    xhr.onerror = xhr.ontimeout = sink.onError;
    xhr.send(body as XMLHttpRequestBodyInit | undefined);
    return xhr;
  };

export const webSocketClient =
  (options: NetworkOptions): OpenWebSocket =>
  (url, sink) => {
    const socket = new WebSocket(url, [...options.protocols]);
    socket.binaryType = "arraybuffer";
    socket.onopen = sink.onOpen;
    socket.onmessage = ({ data }) =>
      sink.onMessage(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
    socket.onerror = sink.onError;
    socket.onclose = sink.onClose;
    return socket as typeof socket & { send(data: string | Uint8Array): void };
  };
