import { isToken } from "./token-list.ts";

/** One element of `Sec-WebSocket-Extensions`: an offer of a client, or the answer of a server. */
export interface Extension {
  readonly name: string;
  /** In their order, repeated ones too. The value is `true` when there was none. */
  readonly params: readonly ExtensionParam[];
}

export type ExtensionParam = readonly [name: string, value: string | true];

/**
 * Parses `Sec-WebSocket-Extensions` (RFC 6455 §9.1). Time is linear in the length: each character is looked at by one
 * scan and by the pattern of a token, and nothing is tried twice.
 *
 * @returns the extensions in their order, or `undefined` when the text is no such list.
 */
export function parseExtensions(header: string): readonly Extension[] | undefined {
  const scanner = new Scanner(header);
  const extensions: Extension[] = [];
  do {
    // RFC 9110 §5.6.1.2: empty elements are skipped. Node makes them when it joins an empty header line to the next.
    if (scanner.isAtEnd || scanner.sees(COMMA)) continue;
    const extension = readExtension(scanner);
    if (extension === undefined) return undefined;
    extensions.push(extension);
  } while (scanner.take(COMMA));
  return scanner.isAtEnd && extensions.length > 0 ? extensions : undefined;
}

/** Writes one element of `Sec-WebSocket-Extensions`. @throws {TypeError} for a name or value that is no token. */
export function formatExtension({ name, params }: Extension): string {
  const parts = params.map(([param, value]) =>
    value === true ? checkToken(param) : `${checkToken(param)}=${checkToken(value)}`,
  );
  return [checkToken(name), ...parts].join("; ");
}

function checkToken(text: string): string {
  if (!isToken(text))
    throw new TypeError(
      `Names and values of an extension must be tokens, got ${JSON.stringify(text.slice(0, 80))}`,
    );
  return text;
}

function readExtension(scanner: Scanner): Extension | undefined {
  const name = scanner.takeToken();
  if (name === undefined) return undefined;
  const params: ExtensionParam[] = [];
  while (scanner.take(SEMICOLON)) {
    const param = scanner.takeToken();
    if (param === undefined) return undefined;
    const value = scanner.take(EQUALS) ? scanner.takeValue() : true;
    if (value === undefined) return undefined;
    params.push([param, value]);
  }
  return { name, params };
}

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;

/** Stands before the next character that is no blank: RFC 6455 §2.1 allows blanks between any two parts. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipBlanks();
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  sees(code: number): boolean {
    return this.#text.charCodeAt(this.#at) === code;
  }

  take(code: number): boolean {
    if (!this.sees(code)) return false;
    this.#moveTo(this.#at + 1);
    return true;
  }

  takeToken(): string | undefined {
    let end = this.#at;
    while (end < this.#text.length && !isDelimiter(this.#text.charCodeAt(end))) end++;
    const token = this.#text.slice(this.#at, end);
    this.#moveTo(end);
    return isToken(token) ? token : undefined;
  }

  /** A token, or a quoted string that holds one (RFC 6455 §9.1). */
  takeValue(): string | undefined {
    return this.sees(QUOTE) ? this.#takeQuoted() : this.takeToken();
  }

  #takeQuoted(): string | undefined {
    // The next quote ends it, for a token has none, escaped or not.
    const end = this.#text.indexOf('"', this.#at + 1);
    if (end === -1) return undefined;
    const value = this.#text.slice(this.#at + 1, end).replace(/\\(.)/gs, "$1");
    this.#moveTo(end + 1);
    return isToken(value) ? value : undefined;
  }

  #moveTo(at: number): void {
    this.#at = at;
    this.#skipBlanks();
  }

  #skipBlanks(): void {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at++;
  }
}

const isBlank = (code: number): boolean => code === SPACE || code === TAB;

const isDelimiter = (code: number): boolean =>
  code === COMMA || code === SEMICOLON || code === EQUALS || isBlank(code);
