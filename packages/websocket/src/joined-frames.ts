/** Larger buffers are handed to the kernel as they are: there, copying costs more than one more vector entry. */
const COPY_LIMIT_BYTES = 0x2000;
const JOINED_LIMIT_BYTES = 0x1_0000;

let latestFrames: readonly Buffer[] = [];
let latestJoined: readonly Buffer[] = [];

/**
 * Joins small neighbours, so that few buffers are left to write.
 *
 * Asked for the same frames in the same order as the last time, it gives the same buffers: a burst of broadcasts
 * is joined for the first of its receivers only.
 */
export function joinFrames(frames: readonly Buffer[]): readonly Buffer[] {
  if (frames.length < 2) return frames;
  if (!isSame(frames, latestFrames)) {
    latestJoined = join(frames);
    latestFrames = frames;
  }
  return latestJoined;
}

/** Lets go of what is kept for the next receiver. */
export function forgetJoined(): void {
  latestFrames = [];
  latestJoined = [];
}

function isSame(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function join(frames: readonly Buffer[]): Buffer[] {
  const joined: Buffer[] = [];
  let run: Buffer[] = [];
  let runBytes = 0;
  const closeRun = () => {
    if (run.length > 0) joined.push(run.length === 1 ? (run[0] as Buffer) : concat(run, runBytes));
    run = [];
    runBytes = 0;
  };
  for (const frame of frames) {
    if (frame.length > COPY_LIMIT_BYTES || runBytes + frame.length > JOINED_LIMIT_BYTES) closeRun();
    if (frame.length > COPY_LIMIT_BYTES) joined.push(frame);
    else {
      run.push(frame);
      runBytes += frame.length;
    }
  }
  closeRun();
  return joined;
}

// Buffer.concat takes small results from a pool, which a socket that is behind would keep alive.
function concat(frames: readonly Buffer[], bytes: number): Buffer {
  const joined = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  for (const frame of frames) {
    joined.set(frame, at);
    at += frame.length;
  }
  return joined;
}
