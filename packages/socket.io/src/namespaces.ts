import { callUser, type Report } from "./call-user.ts";
import type { AnyNamespace, Auth } from "./client.ts";
import type { ParentNamespace } from "./parent-namespace.ts";

/**
 * Decides whether a namespace of that name may be made.
 *
 * @param callback to be called once, with an error or whether it may.
 */
export type ParentNspNameMatchFn = (
  name: string,
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference; what the client has sent.
  auth: { [key: string]: any },
  callback: (error: Error | null, success: boolean) => void,
) => void;

// biome-ignore lint/suspicious/noExplicitAny: the parent of any events.
type AnyParent = ParentNamespace<any, any, any, any>;

interface Pattern {
  readonly test: RegExp | ParentNspNameMatchFn;
  readonly parent: AnyParent;
}

/** The namespaces of a server by name, and the patterns by which more of them come into being. */
export class Namespaces {
  readonly byName = new Map<string, AnyNamespace>();
  readonly #patterns: Pattern[] = [];
  readonly #report: Report;

  /** @param report gets what a function of the application's throws. */
  constructor(report: Report) {
    this.#report = report;
  }

  /** @throws {TypeError} for a regular expression that remembers where it has stopped. */
  addPattern(test: RegExp | ParentNspNameMatchFn, parent: AnyParent): void {
    if (test instanceof RegExp && (test.global || test.sticky))
      throw new TypeError(
        `A namespace pattern must not have the flag g or y, got ${String(test)}: it would match every other time`,
      );
    this.#patterns.push({ test, parent });
  }

  /** The namespace of a name that is there, or that a regular expression lets come into being. */
  get(name: string): AnyNamespace | undefined {
    const existing = this.byName.get(name);
    if (existing !== undefined) return existing;
    const found = this.#patterns.find(({ test }) => test instanceof RegExp && test.test(name));
    return found?.parent.createChild(name);
  }

  /**
   * Asks the patterns one after the other, in the order of their adding.
   *
   * @param onFound told at once, or later when a function of the application's takes its time.
   */
  find(name: string, auth: Auth, onFound: (namespace: AnyNamespace | undefined) => void): void {
    const existing = this.byName.get(name);
    if (existing === undefined) this.#ask(0, name, auth, onFound);
    else onFound(existing);
  }

  #ask(
    index: number,
    name: string,
    auth: Auth,
    onFound: (namespace: AnyNamespace | undefined) => void,
  ): void {
    const pattern = this.#patterns[index];
    if (pattern === undefined) {
      onFound(undefined);
      return;
    }
    const { test, parent } = pattern;
    const onAnswer = (isAllowed: boolean) => {
      if (!isAllowed) this.#ask(index + 1, name, auth, onFound);
      // While the application made up its mind, another client may have been let into the same one.
      else onFound(this.byName.get(name) ?? this.#create(parent, name));
    };
    if (test instanceof RegExp) onAnswer(test.test(name));
    else this.#askFunction(test, name, auth, onAnswer);
  }

  /** The adapter of a new namespace may find that it cannot work: the client must hear that there is none, not nothing. */
  #create(parent: AnyParent, name: string): AnyNamespace | undefined {
    return callUser(() => parent.createChild(name), this.#report);
  }

  #askFunction(
    test: ParentNspNameMatchFn,
    name: string,
    auth: Auth,
    onAnswer: (isAllowed: boolean) => void,
  ): void {
    let isAnswered = false;
    const answer = (isAllowed: boolean) => {
      if (isAnswered) return;
      isAnswered = true;
      onAnswer(isAllowed);
    };
    callUser(
      () => test(name, auth, (error, success) => answer(!error && success)),
      (error, isRejection) => {
        this.#report(error, isRejection);
        answer(false);
      },
    );
  }
}
