import { type IncomingMessage, type OutgoingHttpHeaders, STATUS_CODES } from "node:http";
import { type Answer, answerWith, type Refusal } from "./admission.ts";
import type { ClientInfo, VerifyClientCallbackAsync, VerifyClientCallbackSync } from "./ws-types.ts";

export type VerifyClient<Request extends IncomingMessage = IncomingMessage> =
  | VerifyClientCallbackAsync<Request>
  | VerifyClientCallbackSync<Request>;

/**
 * Asks the application about a client. With two parameters it is given a callback, else its answer is what it returns,
 * which may be a promise.
 *
 * @param answer may be called more than once: the application's callback may be.
 */
export function askAboutClient<Request extends IncomingMessage>(
  verify: VerifyClient<Request>,
  request: Request,
  answer: Answer,
): void {
  const info = infoOf(request);
  if (verify.length < 2) answerWith((verify as VerifyClientCallbackSync<Request>)(info), refusalOf(), answer);
  else
    verify(info, (isAccepted, status, message, headers) =>
      answer(isAccepted ? undefined : refusalOf(status, message, headers)),
    );
}

const refusalOf = (
  status = 401,
  message = STATUS_CODES[status] ?? "",
  headers?: OutgoingHttpHeaders,
): Refusal => ({ status, message, headers });

function infoOf<Request extends IncomingMessage>(req: Request): ClientInfo<Request> {
  const { headers, socket } = req;
  const origin = headers[headers["sec-websocket-version"] === "8" ? "sec-websocket-origin" : "origin"];
  return { origin: origin as string, secure: "encrypted" in socket && socket.encrypted === true, req };
}
