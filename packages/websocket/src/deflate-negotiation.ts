import type { DeflateSettings } from "./deflate-options.ts";
import { type DeflateParams, formatDeflateParams, isDeflate, readDeflateParams } from "./deflate-params.ts";
import { ConnectionError, HandshakeError } from "./errors.ts";
import { type Extension, parseExtensions } from "./extension-list.ts";

/** RFC 7692 §7.1.2: what counts when no window was named. */
const WIDEST_WINDOW = 15;

/** What both sides agreed on. Connections with equal agreements under the same settings share one object. */
export interface DeflateAgreement {
  readonly settings: DeflateSettings;
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** 8 to 15. */
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

/**
 * Server: chooses the first of the client's offers that fits (RFC 7692 §5.1).
 *
 * @returns the agreement and the `Sec-WebSocket-Extensions` that answers it; `undefined` when no offer fits.
 * @throws {HandshakeError} 400 when the header is malformed.
 */
export function acceptDeflateOffer(
  header: string | undefined,
  settings: DeflateSettings,
): { readonly agreement: DeflateAgreement; readonly answer: string } | undefined {
  if (header === undefined) return undefined;
  const offers = parseExtensions(header);
  if (offers === undefined)
    throw new HandshakeError(400, 'The "Sec-WebSocket-Extensions" header must be a list of extensions');
  for (const extension of offers) {
    // RFC 7692 §7.1: an offer with a parameter that is unknown, repeated or of an invalid value is declined.
    const offer = isDeflate(extension) ? readDeflateParams(extension) : undefined;
    const answer = offer && answerTo(offer, settings);
    if (answer !== undefined)
      return { agreement: agreementOf(settings, answer), answer: formatDeflateParams(answer) };
  }
  return undefined;
}

/** Client: the `Sec-WebSocket-Extensions` that offers what `settings` ask for. */
export function deflateOffer(settings: DeflateSettings): string {
  return formatDeflateParams(offerOf(settings));
}

/**
 * Client: checks the server's answer to `deflateOffer(settings)`.
 *
 * @param settings `undefined` when nothing was offered.
 * @returns `undefined` when the server chose no extension.
 * @throws {ConnectionError} `WS_ERR_HANDSHAKE_FAILED` for an answer that does not fit the offer.
 */
export function checkDeflateAnswer(
  header: string | undefined,
  settings: DeflateSettings | undefined,
): DeflateAgreement | undefined {
  if (header === undefined) return undefined;
  const extensions = parseExtensions(header);
  if (extensions === undefined) fail('the "Sec-WebSocket-Extensions" header is no list of extensions');
  const [extension, another] = extensions;
  if (extension === undefined || !isDeflate(extension) || settings === undefined)
    fail("the server chose an extension that was not offered");
  if (another !== undefined) fail("the server chose more than one extension");
  return agreementOf(settings, checkAgainst(offerOf(settings), readAnswer(extension)));
}

function answerTo(offer: DeflateParams, settings: DeflateSettings): DeflateParams | undefined {
  const { serverMaxWindowBits, clientMaxWindowBits } = settings;
  // RFC 7692 §7.1.2.2: only a client that offers to can be told its window.
  if (typeof clientMaxWindowBits === "number" && offer.client_max_window_bits === undefined) return undefined;
  return {
    server_no_context_takeover: offer.server_no_context_takeover || settings.serverNoContextTakeover,
    client_no_context_takeover: offer.client_no_context_takeover || settings.clientNoContextTakeover,
    server_max_window_bits: least(offer.server_max_window_bits, serverMaxWindowBits),
    client_max_window_bits: least(offer.client_max_window_bits, clientMaxWindowBits),
  };
}

function offerOf(settings: DeflateSettings): DeflateParams {
  const { clientMaxWindowBits } = settings;
  return {
    server_no_context_takeover: settings.serverNoContextTakeover,
    client_no_context_takeover: settings.clientNoContextTakeover,
    server_max_window_bits: settings.serverMaxWindowBits,
    client_max_window_bits: clientMaxWindowBits === false ? undefined : (clientMaxWindowBits ?? true),
  };
}

function readAnswer(extension: Extension): DeflateParams {
  const answer = readDeflateParams(extension);
  // RFC 7692 §7.1.2.2: the answer names the window.
  if (answer === undefined || answer.client_max_window_bits === true)
    fail("a parameter of permessage-deflate is unknown, repeated or of an invalid value");
  return answer;
}

/** What the client and a server that gave `answer` will do. */
function checkAgainst(offer: DeflateParams, answer: DeflateParams): DeflateParams {
  if (offer.server_no_context_takeover && !answer.server_no_context_takeover)
    fail("the server did not agree to server_no_context_takeover");
  if (windowOf(answer.server_max_window_bits) > windowOf(offer.server_max_window_bits))
    fail("the server did not agree to server_max_window_bits");
  if (answer.client_max_window_bits !== undefined && offer.client_max_window_bits === undefined)
    fail("the server named client_max_window_bits, which was not offered");
  if (
    typeof answer.client_max_window_bits === "number" &&
    answer.client_max_window_bits > windowOf(offer.client_max_window_bits)
  )
    fail("the server chose a client_max_window_bits above the one offered");
  return {
    ...answer,
    // RFC 7692 §7.1.1.2, §7.1.2.2: the client keeps to what it offered for itself, though the server may not repeat it.
    client_no_context_takeover: offer.client_no_context_takeover || answer.client_no_context_takeover,
    client_max_window_bits: least(offer.client_max_window_bits, answer.client_max_window_bits),
  };
}

type Window = number | boolean | undefined;

const windowOf = (bits: Window): number => (typeof bits === "number" ? bits : WIDEST_WINDOW);

/** The smaller of two windows; `undefined` when neither is named. */
function least(a: Window, b: Window): number | undefined {
  return typeof a === "number" || typeof b === "number" ? Math.min(windowOf(a), windowOf(b)) : undefined;
}

const agreements = new WeakMap<DeflateSettings, Map<number, DeflateAgreement>>();

/** At most 2 × 2 × 8 × 8 agreements are kept for a `settings`. */
function agreementOf(settings: DeflateSettings, params: DeflateParams): DeflateAgreement {
  const serverMaxWindowBits = windowOf(params.server_max_window_bits);
  const clientMaxWindowBits = windowOf(params.client_max_window_bits);
  const serverNoContextTakeover = params.server_no_context_takeover;
  const clientNoContextTakeover = params.client_no_context_takeover;
  const key =
    (serverNoContextTakeover ? 512 : 0) |
    (clientNoContextTakeover ? 256 : 0) |
    (serverMaxWindowBits << 4) |
    clientMaxWindowBits;
  let known = agreements.get(settings);
  if (known === undefined) agreements.set(settings, (known = new Map()));
  let agreement = known.get(key);
  if (agreement === undefined) {
    agreement = Object.freeze({
      settings,
      serverNoContextTakeover,
      clientNoContextTakeover,
      serverMaxWindowBits,
      clientMaxWindowBits,
    });
    known.set(key, agreement);
  }
  return agreement;
}

function fail(why: string): never {
  throw new ConnectionError("WS_ERR_HANDSHAKE_FAILED", why);
}
