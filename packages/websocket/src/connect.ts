import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { unread } from "./accept-upgrade.ts";
import { type Agreed, checkAnswer, newKey, type Offer, requestHeaders } from "./client-handshake.ts";
import { type ClientOptions, type ClientSettings, clientSettings } from "./client-options.ts";
import { handshakeRequest } from "./client-request.ts";
import type { HandshakeTarget } from "./client-url.ts";
import { Connection } from "./connection.ts";
import type { ConnectionSink } from "./connection-sink.ts";
import { resolveDeflateOptions } from "./deflate-options.ts";
import { ConnectionError } from "./errors.ts";
import { followRedirect, type Hop, redirectLocation } from "./redirect.ts";

/** What becomes of an opening handshake: `onConnected` or `onFailed`, once, and never before `connect` has returned. */
export interface OpeningHandler {
  /** The server answered with 101; whether rightly is still to be seen. */
  onUpgrade?(response: IncomingMessage): void;
  /** Called before the first frame is read. */
  onConnected(connection: Connection, response: IncomingMessage): void;
  onFailed(error: Error): void;
  /**
   * The server answered with another status than 101.
   *
   * @returns whether somebody has taken the response over. The handshake then waits to be aborted, or times out.
   */
  onUnexpectedResponse(request: ClientRequest, response: IncomingMessage): boolean;
  /** A redirect is about to be followed: `url` is the new address. The headers of `request` may still be changed. */
  onRedirect(url: string, request: ClientRequest): void;
  /** Called with every request, redirected ones too, in place of ending it. */
  readonly finishRequest?: ((request: ClientRequest) => void) | undefined;
}

/** An opening handshake under way. */
export interface Opening {
  /** Gives it up: `onFailed(error)` follows. Does nothing once the handshake is over. */
  abort(error: Error): void;
}

/**
 * Opens a WebSocket from the client's side (RFC 6455 §4.1).
 *
 * Errors of Node come to `onFailed` as they are, with their codes.
 *
 * @throws {TypeError} when an option is invalid.
 * @throws what `finishRequest` throws.
 */
export function connect(
  target: HandshakeTarget,
  protocols: readonly string[],
  options: ClientOptions,
  sink: ConnectionSink,
  handler: OpeningHandler,
): Opening {
  const opening = new ClientOpening(protocols, clientSettings(options), sink, handler);
  opening.start({ target, options });
  return opening;
}

class ClientOpening implements Opening {
  readonly #offer: Offer;
  readonly #settings: ClientSettings;
  readonly #sink: ConnectionSink;
  readonly #handler: OpeningHandler;
  #timer: NodeJS.Timeout | undefined;
  #redirects = 0;
  /** The request under way; none once the handshake is over. */
  #request: ClientRequest | undefined;

  constructor(
    protocols: readonly string[],
    settings: ClientSettings,
    sink: ConnectionSink,
    handler: OpeningHandler,
  ) {
    this.#offer = {
      protocols,
      deflate: resolveDeflateOptions(settings.perMessageDeflate),
      origin: settings.origin,
      version: settings.protocolVersion,
    };
    this.#settings = settings;
    this.#sink = sink;
    this.#handler = handler;
  }

  start(hop: Hop): void {
    const request = this.#open(hop);
    this.#timer = setTimeout(
      () => this.abort(new ConnectionError("WS_ERR_HANDSHAKE_TIMEOUT")),
      this.#settings.handshakeTimeout,
    );
    this.#send(request);
  }

  abort(error: Error): void {
    const request = this.#finish();
    if (request === undefined) return;
    request.destroy();
    process.nextTick(() => this.#handler.onFailed(error));
  }

  /** @returns the request that was under way. */
  #finish(): ClientRequest | undefined {
    const request = this.#request;
    this.#request = undefined;
    clearTimeout(this.#timer);
    return request;
  }

  #open(hop: Hop): ClientRequest {
    const key = newKey();
    const request = handshakeRequest(hop, requestHeaders(key, this.#offer, hop.options.headers));
    this.#request = request;
    // A request that was given up, or redirected, may still have something to say.
    const isCurrent = (): boolean => this.#request === request;
    request.on("error", (error) => {
      if (isCurrent()) this.abort(error);
    });
    request.on("response", (response: IncomingMessage) => {
      if (isCurrent()) this.#onResponse(hop, key, request, response);
    });
    request.on("upgrade", (response: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (isCurrent()) this.#run(() => this.#handler.onUpgrade?.(response));
      const agreed = isCurrent() ? this.#judge(response, key) : undefined;
      if (agreed === undefined) socket.destroy();
      else this.#onAgreed(agreed, response, socket, head);
    });
    return request;
  }

  #send(request: ClientRequest): void {
    // A listener may have given it up.
    if (this.#request !== request) return;
    const { finishRequest } = this.#handler;
    if (finishRequest === undefined) request.end();
    else this.#run(() => finishRequest(request));
  }

  #onResponse(hop: Hop, key: string, request: ClientRequest, response: IncomingMessage): void {
    const { statusCode, headers } = response;
    const location = redirectLocation(statusCode, headers);
    if (location !== undefined && this.#settings.followRedirects) this.#onRedirect(hop, location, request);
    else if (statusCode === 101) {
      // Node calls it an upgrade only when the headers for it are there.
      this.#judge(response, key);
      this.#fail("the server answered with 101, but did not upgrade");
    } else if (!this.#run(() => this.#handler.onUnexpectedResponse(request, response)))
      this.#fail(`the server answered with status ${statusCode}`);
  }

  #onRedirect(hop: Hop, location: string, former: ClientRequest): void {
    const { maxRedirects } = this.#settings;
    if (this.#redirects === maxRedirects) {
      this.#fail(`more redirects than maxRedirects (${maxRedirects})`);
      return;
    }
    this.#redirects++;
    const next = this.#follow(hop, location);
    if (next === undefined) return;
    former.destroy();
    this.#run(() => this.#handler.onRedirect(next.url, next.request));
    this.#send(next.request);
  }

  #follow(hop: Hop, location: string): { url: string; request: ClientRequest } | undefined {
    try {
      const next = followRedirect(hop, location);
      return { url: next.target.url, request: this.#open(next) };
    } catch (cause) {
      this.#fail(`cannot follow the redirect to ${JSON.stringify(location.slice(0, 200))}`, { cause });
      return undefined;
    }
  }

  #judge({ headers }: IncomingMessage, key: string): Agreed | undefined {
    try {
      return checkAnswer(headers, key, this.#offer);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.abort(error);
      return undefined;
    }
  }

  #onAgreed({ protocol, deflate }: Agreed, response: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#finish();
    unread(socket, head);
    const opening = deflate === undefined ? { protocol } : { protocol, deflate };
    this.#handler.onConnected(
      new Connection(socket, "client", this.#settings, this.#sink, opening),
      response,
    );
  }

  #fail(why: string, options?: ErrorOptions): void {
    this.abort(new ConnectionError("WS_ERR_HANDSHAKE_FAILED", why, options));
  }

  /** Runs code of the application's. What it throws ends the handshake, and goes on its way. */
  #run<T>(userCode: () => T): T {
    try {
      return userCode();
    } catch (error) {
      this.#fail("code of the application threw an error", { cause: error });
      throw error;
    }
  }
}
