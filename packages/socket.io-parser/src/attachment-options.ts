import { milliseconds, type OptionInput, wholeNumber } from "@towline/core";
import { DEFAULT_LIMITS } from "./packet-reader.ts";

/** Bounds on what a peer may announce and send with one packet, as rows for a table of options. */
export const ATTACHMENT_OPTIONS = {
  maxAttachments: wholeNumber(
    DEFAULT_LIMITS.maxAttachments,
    "The most attachments that one packet may have.",
    0,
  ),
  maxAttachmentBytes: wholeNumber(
    DEFAULT_LIMITS.maxAttachmentBytes,
    "The most bytes that the attachments of one packet may have together.",
  ),
  attachmentTimeout: milliseconds(
    45_000,
    "How long the attachments of a packet may take to come, in milliseconds.",
  ),
};

export type AttachmentOptions = OptionInput<typeof ATTACHMENT_OPTIONS>;
