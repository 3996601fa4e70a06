/** How many broadcasts a burst consists of. */
export const BROADCASTS_PER_BURST = 20;

const PREFIX_BYTES = 3;

/** How long the request for a burst is, when its broadcasts are to have `textBytes` each. */
export const burstRequestBytes = (textBytes: number): number => textBytes - PREFIX_BYTES;

/** What a server has to broadcast when it is sent `request`, in this order and all in one tick. All of one length. */
export const burstTexts = (request: string, broadcasts = BROADCASTS_PER_BURST): string[] =>
  Array.from(
    { length: broadcasts },
    (_, index) => `${String(index).padStart(PREFIX_BYTES - 1, "0")}.${request}`,
  );
