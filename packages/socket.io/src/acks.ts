import { AckError } from "./ack-error.ts";
import { callUser, type Report } from "./call-user.ts";

export type AckCallback = (...args: unknown[]) => void;

interface PendingAck {
  readonly callback: AckCallback;
  /** Told that there will be no answer. A plain callback has no place for that. */
  readonly onFailed: ((error: AckError) => void) | undefined;
  readonly timer: NodeJS.Timeout | undefined;
}

/**
 * The acknowledgements a socket waits for. Each is called at most once.
 *
 * Adapters know it as the `Map` of callbacks that it is in the reference, and register broadcasts by `set` and `delete`.
 */
export class Acks {
  readonly #pending = new Map<number, PendingAck>();
  readonly #report: Report;
  /** Why those did not come that were waited for until their time was up. */
  #lateCode: AckError["code"] = "SIO_ACK_TIMEOUT";

  /** @param report gets what a callback throws. */
  constructor(report: Report) {
    this.#report = report;
  }

  get size(): number {
    return this.#pending.size;
  }

  has(id: number): boolean {
    return this.#pending.has(id);
  }

  get(id: number): AckCallback | undefined {
    return this.#pending.get(id)?.callback;
  }

  /** @param callback gets what the peer answers. It is dropped when the socket is gone. */
  set(id: number, callback: AckCallback): this {
    this.#pending.set(id, { callback, onFailed: undefined, timer: undefined });
    return this;
  }

  delete(id: number): boolean {
    return this.#take(id) !== undefined;
  }

  /**
   * @param onFailed gets the error, if there is no answer within `timeoutMs` or as long as the socket is there.
   * @param timeoutMs waits as long as the socket lives when it is `undefined`.
   */
  setFailing(
    id: number,
    callback: AckCallback,
    onFailed: (error: AckError) => void,
    timeoutMs: number | undefined,
  ): void {
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => this.#fail(id, this.#lateCode), timeoutMs);
    this.#pending.set(id, { callback, onFailed, timer });
  }

  /** The peer has answered. False when nobody waits: unknown, or answered before. */
  resolve(id: number, args: unknown[]): boolean {
    const ack = this.#take(id);
    if (ack === undefined) return false;
    callUser(() => ack.callback(...args), this.#report);
    return true;
  }

  /** Nobody will answer this one any more. */
  lose(id: number): void {
    this.#fail(id, "SIO_ACK_DISCONNECTED");
  }

  /** The socket is gone: nobody will answer any more. */
  close(): void {
    this.#lateCode = "SIO_ACK_DISCONNECTED";
    for (const id of [...this.#pending.keys()]) this.lose(id);
  }

  #fail(id: number, code: AckError["code"]): void {
    const onFailed = this.#take(id)?.onFailed;
    if (onFailed !== undefined) callUser(() => onFailed(new AckError(code)), this.#report);
  }

  #take(id: number): PendingAck | undefined {
    const ack = this.#pending.get(id);
    if (ack === undefined) return undefined;
    this.#pending.delete(id);
    clearTimeout(ack.timer);
    return ack;
  }
}
