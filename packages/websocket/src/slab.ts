/** A stretch of memory that small frames are written into one after the other, and that is never used twice. */
export class Slab {
  readonly bytes: Buffer;
  at = 0;

  constructor(sizeBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(sizeBytes);
  }

  hasRoom(bytes: number): boolean {
    return this.at + bytes <= this.bytes.length;
  }
}

const SHARED_BYTES = 0x1_0000;
const OWN_BYTES = 0x1000;

let shared = new Slab(SHARED_BYTES);

/** The slab of all connections that write straight through to the kernel. */
export function sharedSlab(bytes: number): Slab {
  if (!shared.hasRoom(bytes)) shared = new Slab(SHARED_BYTES);
  return shared;
}

/** A slab for one connection whose frames have to wait: in the shared one, a few bytes would keep all of it alive. */
export function ownSlab(current: Slab | undefined, bytes: number): Slab {
  if (current !== undefined && current !== shared && current.hasRoom(bytes)) return current;
  return new Slab(Math.max(OWN_BYTES, bytes));
}
