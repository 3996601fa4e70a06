import type { ClientRequest, IncomingMessage } from "node:http";
import { checkProtocols } from "../../src/client-handshake.ts";
import type { ClientOptions } from "../../src/client-options.ts";
import { parseWebSocketUrl } from "../../src/client-url.ts";
import { connect, type Opening, type OpeningHandler } from "../../src/connect.ts";
import type { Connection } from "../../src/connection.ts";
import { Recorder } from "./recorder.ts";

/** An opening handshake that keeps what it hears. */
export class Attempt implements OpeningHandler {
  /** Which methods were called, in order, with what matters of the arguments. */
  readonly calls: string[] = [];
  readonly recorder = new Recorder();
  readonly opening: Opening;
  readonly finishRequest: OpeningHandler["finishRequest"];
  /** The connection, or what prevented it. */
  readonly outcome: Promise<Connection | Error>;
  #settle: (outcome: Connection | Error) => void = () => {};
  readonly #hooks: Partial<OpeningHandler>;

  constructor(
    address: string,
    options: ClientOptions = {},
    protocols: readonly string[] = [],
    hooks: Partial<OpeningHandler> = {},
  ) {
    this.#hooks = hooks;
    this.finishRequest = hooks.finishRequest;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const target = parseWebSocketUrl(address);
    this.opening = connect(target, checkProtocols(protocols), options, this.recorder, this);
    this.calls.push("connect returned");
  }

  /** What it failed with. */
  async failure(): Promise<Error & { code?: string }> {
    const outcome = await this.outcome;
    if (!(outcome instanceof Error)) throw new Error("The handshake was expected to fail");
    return outcome;
  }

  async connection(): Promise<Connection> {
    const outcome = await this.outcome;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  onUpgrade(response: IncomingMessage): void {
    this.calls.push("upgrade");
    this.#hooks.onUpgrade?.(response);
  }
  onConnected(connection: Connection, response: IncomingMessage): void {
    this.calls.push("connected");
    this.#hooks.onConnected?.(connection, response);
    this.#settle(connection);
  }
  onFailed(error: Error): void {
    this.calls.push("failed");
    this.#settle(error);
  }
  onUnexpectedResponse(request: ClientRequest, response: IncomingMessage): boolean {
    this.calls.push(`unexpected ${response.statusCode}`);
    return this.#hooks.onUnexpectedResponse?.(request, response) ?? false;
  }
  onRedirect(url: string, request: ClientRequest): void {
    this.calls.push(`redirect ${url}`);
    this.#hooks.onRedirect?.(url, request);
  }
}
