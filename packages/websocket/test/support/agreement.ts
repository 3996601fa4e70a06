import { acceptDeflateOffer, type DeflateAgreement } from "../../src/deflate-negotiation.ts";
import { type PerMessageDeflateOptions, resolveDeflateOptions } from "../../src/deflate-options.ts";

/** What a server with these options agrees on with a client that offers permessage-deflate and nothing more. */
export function agreementWith(options: PerMessageDeflateOptions = {}): DeflateAgreement {
  const settings = resolveDeflateOptions(options);
  const accepted = settings && acceptDeflateOffer("permessage-deflate", settings);
  if (accepted === undefined) throw new Error("The offer was declined");
  return accepted.agreement;
}
