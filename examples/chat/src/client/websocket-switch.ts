let blocked = false;

/** As a browser's socket that found nobody: it fails a moment after it was made, and never connects. */
class RefusedWebSocket extends EventTarget {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  readonly url: string;
  readonly protocol = "";
  readonly extensions = "";
  readonly bufferedAmount = 0;
  binaryType: BinaryType = "blob";
  readyState = 0;
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;

  constructor(url: string | URL) {
    super();
    this.url = String(url);
    setTimeout(() => this.#fail(), 150);
  }

  send(): void {
    throw new DOMException("Still in CONNECTING state.", "InvalidStateError");
  }

  close(): void {
    this.#fail();
  }

  #fail(): void {
    if (this.readyState === this.CLOSED) return;
    this.readyState = this.CLOSED;
    const failure = new Event("error");
    const close = new CloseEvent("close", { code: 1006 });
    this.onerror?.(failure);
    this.dispatchEvent(failure);
    this.onclose?.(close);
    this.dispatchEvent(close);
  }
}

/**
 * Puts a switch before the browser's WebSocket, to show how a connection fares behind a proxy that lets none through.
 * Goes in before the client library is loaded, which may take its WebSocket once and for all.
 */
export function installWebSocketSwitch(): void {
  globalThis.WebSocket = new Proxy(globalThis.WebSocket, {
    construct: (real, [url, protocols], target) =>
      blocked ? new RefusedWebSocket(url) : Reflect.construct(real, [url, protocols ?? []], target),
  });
}

export function blockWebSocket(block: boolean): void {
  blocked = block;
}
