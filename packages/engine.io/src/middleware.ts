import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * A function in the way of Express: looks at the request, touches the response, calls `next`. Express, Connect and their
 * middlewares have types of their own for the first two, which no other type takes.
 */
// biome-ignore lint/suspicious/noExplicitAny: as said above.
export type Middleware = (request: any, response: any, next: (error?: any) => void) => void;

/**
 * Runs middlewares one after another.
 *
 * @param onDone called once when all have called `next`, or with what the first failing one passed on or threw. Never
 *   called when one of them answers the request itself. A second `next` of the same middleware counts for nothing.
 */
export function runMiddlewares(
  middlewares: readonly Middleware[],
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
  onDone: (error?: unknown) => void,
): void {
  const step = (index: number): void => {
    const middleware = middlewares[index];
    if (middleware === undefined) {
      onDone();
      return;
    }
    let called = false;
    try {
      middleware(exchange.request, exchange.response, (error) => {
        if (called) return;
        called = true;
        if (error) onDone(error);
        else step(index + 1);
      });
    } catch (error) {
      // After its `next`, what is thrown comes from further on and is not this middleware's failure.
      if (called) throw error;
      called = true;
      onDone(error);
    }
  };
  step(0);
}
