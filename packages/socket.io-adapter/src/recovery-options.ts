import { milliseconds, type OptionInput, type OptionValues, wholeNumber } from "@towline/core";

/** What the adapter reads of the server's option `connectionStateRecovery`. */
export const RECOVERY_OPTIONS = {
  maxDisconnectionDuration: milliseconds(
    120_000,
    "How long a session and the packets it may miss are kept, in milliseconds.",
  ),
  maxPackets: wholeNumber(10_000, "How many packets a namespace keeps for sessions to come back to."),
  maxBytes: wholeNumber(16 * 1024 * 1024, "How many bytes of packets it keeps, as they are encoded."),
};

export type RecoveryOptions = OptionInput<typeof RECOVERY_OPTIONS>;
export type RecoveryLimits = OptionValues<typeof RECOVERY_OPTIONS>;
