import { EventEmitter } from "node:events";

type Events<Map> = { readonly [Name in keyof Map]: readonly unknown[] };
// biome-ignore lint/suspicious/noExplicitAny: a listener of an event that no map names takes what it likes; `unknown` would refuse it.
type Anything = any[];

/**
 * An emitter whose listeners know what they get, and that its events are no closed set: applications emit events of their
 * own on it, and a listener may say of an argument what it knows better. `this` is the emitter.
 *
 * @typeParam Map from names of events to the arguments of their listeners.
 */
export interface TypedEmitter<Map extends Events<Map>> extends EventEmitter {
  on<Name extends keyof Map>(event: Name, listener: (this: this, ...args: Map[Name]) => void): this;
  on(event: string | symbol, listener: (this: this, ...args: Anything) => void): this;
  once<Name extends keyof Map>(event: Name, listener: (this: this, ...args: Map[Name]) => void): this;
  once(event: string | symbol, listener: (this: this, ...args: Anything) => void): this;
  off<Name extends keyof Map>(event: Name, listener: (this: this, ...args: Map[Name]) => void): this;
  off(event: string | symbol, listener: (this: this, ...args: Anything) => void): this;
  addListener<Name extends keyof Map>(event: Name, listener: (this: this, ...args: Map[Name]) => void): this;
  addListener(event: string | symbol, listener: (this: this, ...args: Anything) => void): this;
  removeListener<Name extends keyof Map>(
    event: Name,
    listener: (this: this, ...args: Map[Name]) => void,
  ): this;
  removeListener(event: string | symbol, listener: (this: this, ...args: Anything) => void): this;
  prependListener<Name extends keyof Map>(
    event: Name,
    listener: (this: this, ...args: Map[Name]) => void,
  ): this;
  prependListener(event: string | symbol, listener: (this: this, ...args: Anything) => void): this;
  emit<Name extends keyof Map>(event: Name, ...args: Map[Name]): boolean;
  emit(event: string | symbol, ...args: Anything): boolean;
}

/** Node's emitter itself. */
export const TypedEmitter = EventEmitter as unknown as new <Map extends Events<Map>>() => TypedEmitter<Map>;
