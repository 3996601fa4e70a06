/**
 * The one difference that is in hundreds of scripts. After a malformed packet the reference emits `error` on each socket
 * that listens, and ends them with the reason "forced close", as it ends those that were late to join. With us the reason
 * is "parse error", which the reference has and keeps for faults of Engine.IO, and its description is the fault.
 */

const FAULT =
  /^server: \S+ error Error\("(invalid payload|unknown packet type \S*|[Ii]llegal (attachments|namespace|id)|illegal attachments|too many attachments|got (plaintext|binary) data when (not )?reconstructing a packet|Invalid URL)"\)$/;
const ENDED = /^(server: \S+ disconnect(?:ing)?) "forced close"$/;

/** A transcript of the reference's, in the words that ours has to have. */
export function inOurWords(transcript: readonly string[]): readonly string[] {
  if (!transcript.some((line) => FAULT.test(line))) return transcript;
  return transcript
    .filter((line) => !FAULT.test(line))
    .map((line) => line.replace(ENDED, '$1 "parse error"'));
}
