import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";

/** One request as the server got it, and what it answered. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly isUpgrade: boolean;
  /** Absent of an upgrade. */
  readonly response?: ServerResponse;
}

/** Writes down every request that an HTTP server gets. */
export class WireLog {
  readonly exchanges: Exchange[] = [];

  constructor(http: HttpServer) {
    http.prependListener("request", (request, response) => {
      // Once one header is set by itself, those given to `writeHead` can be read too.
      response.setHeader("x-logged", "true");
      this.#note(request, response);
    });
    http.prependListener("upgrade", (request) => this.#note(request));
  }

  get first(): Exchange {
    const [exchange] = this.exchanges;
    if (exchange === undefined) throw new Error("no request has come");
    return exchange;
  }

  /** Transports of the requests, in order, repetitions left out. */
  get transports(): readonly (string | null)[] {
    const names = this.exchanges.map(({ query }) => query.get("transport"));
    return names.filter((name, index) => name !== names[index - 1]);
  }

  #note(request: IncomingMessage, response?: ServerResponse): void {
    const { pathname: path, searchParams: query } = new URL(request.url ?? "", "http://localhost");
    const { method = "", headers } = request;
    const isUpgrade = response === undefined;
    this.exchanges.push({ method, path, query, headers, isUpgrade, ...(response && { response }) });
  }
}
