import type { DeflateAgreement } from "./deflate-negotiation.ts";
import { Deflater } from "./deflater.ts";
import { ConnectionError } from "./errors.ts";
import { FIN, OPCODE, RSV1 } from "./opcodes.ts";
import type { Outbox, SendCallback } from "./outbox.ts";
import type { PreparedMessage } from "./prepared-message.ts";
import type { Role } from "./reader-rules.ts";

/** A message, or a fragment of one, that takes more than framing. */
export interface OutgoingData {
  /** `OPCODE.text` or `OPCODE.binary`. Left out of account when the message before has not come to its end. */
  readonly opcode: number;
  readonly data: Uint8Array | Blob;
  /** Whether this is the end of the message. */
  readonly fin: boolean;
  /** Whether to compress, where that was agreed on. */
  readonly compress: boolean;
}

/** What waits for its turn; `start` calls `finish` when it has put into the outbox what there was to put. */
interface Job {
  readonly bytes: number;
  readonly callback: SendCallback | undefined;
  start(finish: (error?: Error) => void): void;
}

/** How a message began whose end has not been given yet. */
type Unfinished = "plain" | "compressed" | "dropped";

/**
 * Sends what cannot be framed in the tick it is given: what has to be compressed, or read out of a `Blob`. All that comes
 * after it waits for it, so that everything leaves in the order in which it was sent.
 */
export class MessageSender {
  readonly #outbox: Outbox;
  readonly #role: Role;
  readonly #agreement: DeflateAgreement | undefined;
  readonly #onFault: (error: Error) => void;
  readonly #noContextTakeover: boolean;
  readonly #windowBits: number;
  #deflater: Deflater | undefined;
  #unfinished: Unfinished | undefined;
  /** The first one is under way. */
  readonly #jobs = new Set<Job>();
  /** Goes over the jobs, from one to the next as they finish: a new one would look at all that are gone as well. */
  #turns: IterableIterator<Job> | undefined;
  /** Payload bytes of all that waits. */
  bytes = 0;

  /** @param onFault told when a message could not be made, and with it its order not be kept. */
  constructor(
    outbox: Outbox,
    role: Role,
    agreement: DeflateAgreement | undefined,
    onFault: (error: Error) => void,
  ) {
    this.#outbox = outbox;
    this.#role = role;
    this.#agreement = agreement;
    this.#onFault = onFault;
    const isServer = role === "server";
    this.#noContextTakeover =
      agreement?.[isServer ? "serverNoContextTakeover" : "clientNoContextTakeover"] ?? false;
    this.#windowBits = agreement?.[isServer ? "serverMaxWindowBits" : "clientMaxWindowBits"] ?? 15;
  }

  /** How the message began whose end has not been given yet; `undefined` between messages. */
  get unfinished(): Unfinished | undefined {
    return this.#unfinished;
  }

  /** Whether nothing waits for its turn. */
  get isIdle(): boolean {
    return this.#jobs.size === 0;
  }

  /** Leaves out a message, or a fragment of one. */
  skip(fin: boolean): void {
    this.#unfinished = fin ? undefined : "dropped";
  }

  send({ opcode, data, fin, compress }: OutgoingData, callback?: SendCallback): void {
    const begins = this.#unfinished === undefined;
    const bytes = data instanceof Blob ? data.size : data.length;
    const compressed = begins ? compress && this.#compresses(bytes) : this.#unfinished === "compressed";
    // RFC 7692 §6.1: RSV1 marks the first fragment only. RFC 6455 §5.4: so does the opcode.
    const first = (fin ? FIN : 0) | (begins ? opcode | (compressed ? RSV1 : 0) : OPCODE.continuation);
    this.#unfinished = fin ? undefined : compressed ? "compressed" : "plain";
    const job: Job = {
      bytes,
      callback,
      start: (finish) => {
        const put = (error: Error | undefined, payload: Uint8Array) => {
          if (error === undefined) this.#outbox.frame(first, payload);
          finish(error);
        };
        const encode = (payload: Uint8Array) =>
          compressed ? this.#deflate(payload, fin, put) : put(undefined, payload);
        // Abandoned while it was read: nothing is to follow what was sent then.
        const encodeRead = (payload: Uint8Array) => (this.#jobs.has(job) ? encode(payload) : undefined);
        if (data instanceof Blob) void readBlob(data).then(encodeRead, finish);
        else encode(data);
      },
    };
    this.#enqueue(data instanceof Blob || compressed, job);
  }

  sendPrepared(message: PreparedMessage, callback?: SendCallback): void {
    const agreement = this.#agreement;
    const { payload, opcode } = message;
    const compress = this.#compresses(payload.length);
    // What leans on earlier messages, or is masked, cannot be shared; nor can the rest of a message that has begun.
    const isOwn = this.#role === "client" || (compress && !this.#noContextTakeover);
    if (isOwn || this.#unfinished !== undefined || agreement === undefined) {
      this.send({ opcode, data: payload, fin: true, compress }, callback);
      return;
    }
    const job: Job = {
      bytes: payload.length,
      callback,
      start: (finish) => {
        if (!compress) {
          this.#outbox.prepared(message);
          finish();
        } else
          message.compress(agreement, (error, frame) => {
            // As with a Blob: nothing once it was abandoned.
            if (error === undefined && this.#jobs.has(job)) this.#outbox.raw(frame);
            finish(error);
          });
      },
    };
    this.#enqueue(compress, job);
  }

  /** Runs `step` when everything before it is in the outbox: at once, if it is already. */
  inTurn(step: () => void, callback?: SendCallback): void {
    this.#enqueue(false, {
      bytes: 0,
      callback,
      start: (finish) => {
        step();
        finish();
      },
    });
  }

  /** Drops what waits, has its callbacks told, after those of what was sent before, and frees the memory of zlib. */
  abandon(why: () => Error): void {
    for (const { callback } of this.#jobs)
      if (callback !== undefined) this.#outbox.whenFlushed(() => callback(why()));
    this.#jobs.clear();
    this.#turns = undefined;
    this.bytes = 0;
    this.#deflater?.close();
    this.#deflater = undefined;
  }

  #compresses(bytes: number): boolean {
    if (this.#agreement === undefined) return false;
    // With what came before to lean on, short messages are worth it too.
    return !this.#noContextTakeover || bytes >= this.#agreement.settings.threshold;
  }

  #deflate(data: Uint8Array, fin: boolean, done: (error: Error | undefined, data: Buffer) => void): void {
    if (this.#agreement === undefined) return;
    this.#deflater ??= new Deflater(this.#agreement.settings, this.#windowBits, this.#noContextTakeover);
    this.#deflater.deflate(data, fin, done);
  }

  #enqueue(takesTime: boolean, job: Job): void {
    const isIdle = this.#jobs.size === 0;
    if (isIdle && !takesTime) {
      job.start(() => {});
      if (job.callback !== undefined) this.#outbox.whenFlushed(job.callback);
      return;
    }
    this.#jobs.add(job);
    this.bytes += job.bytes;
    if (isIdle) this.#run();
  }

  // A loop over all that finishes at once: each calling the next would end the stack.
  #run(): void {
    this.#turns ??= this.#jobs.values();
    for (const job of this.#turns) if (!this.#finishesAtOnce(job)) return;
    this.#turns = undefined;
  }

  #finishesAtOnce(job: Job): boolean {
    let hasFinished = false;
    let hasReturned = false;
    job.start((error) => {
      hasFinished = true;
      this.#settle(job, error);
      if (hasReturned) this.#run();
    });
    hasReturned = true;
    return hasFinished;
  }

  #settle(job: Job, error: Error | undefined): void {
    // Abandoned meanwhile.
    if (!this.#jobs.delete(job)) return;
    this.bytes -= job.bytes;
    if (job.callback !== undefined) this.#outbox.whenFlushed(job.callback);
    if (error !== undefined)
      this.#onFault(new ConnectionError("WS_ERR_CANNOT_ENCODE", error.message, { cause: error }));
  }
}

async function readBlob(blob: Blob): Promise<Buffer> {
  return Buffer.from(await blob.arrayBuffer());
}
