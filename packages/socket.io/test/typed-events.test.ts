import { EventEmitter, once } from "node:events";
import { expect } from "chai";
import { TypedEmitter } from "../src/typed-events.ts";

interface Events {
  say: (text: string) => void;
}

/** Sends what it emits, as a socket does. */
class Sender extends TypedEmitter<Events, Events, { closed: (reason: string) => void }> {
  readonly sent: unknown[] = [];

  override emit(...event: unknown[]): boolean {
    this.sent.push(event);
    return true;
  }

  close(reason: string): boolean {
    return this.emitReserved("closed", reason);
  }

  receive(event: string, ...args: unknown[]): boolean {
    return this.emitUntyped(event, ...args);
  }
}

/** Emits to its listeners, as Node's does. */
class Plain extends TypedEmitter<Events, Events> {}

describe("a typed emitter", () => {
  it("is an emitter of Node's", () => {
    const emitter = new Plain();
    const heard: string[] = [];
    emitter.on("say", (text) => heard.push(text)).once("say", (text) => heard.push(`${text} once`));
    expect(emitter.emit("say", "a")).to.equal(true);
    expect(emitter.emit("say", "b")).to.equal(true);
    expect(heard).to.deep.equal(["a", "a once", "b"]);
    expect(emitter).to.be.instanceOf(EventEmitter);
  });

  it("says whether somebody listened", () => {
    const emitter = new Plain();
    expect(emitter.emit("say", "a")).to.equal(false);
  });

  it("gives its listeners, those for one time unwrapped", () => {
    const emitter = new Plain();
    const listener = () => {};
    emitter.once("say", listener);
    expect(emitter.listeners("say")).to.deep.equal([listener]);
  });

  it("calls listeners of its own events though a subclass's emit sends", () => {
    const sender = new Sender();
    const heard: string[] = [];
    sender.on("closed", (reason) => heard.push(reason));
    expect(sender.close("done")).to.equal(true);
    expect(heard).to.deep.equal(["done"]);
    expect(sender.sent).to.deep.equal([]);
  });

  it("calls listeners of an event that came from outside, with all its arguments", () => {
    const sender = new Sender();
    const heard: unknown[] = [];
    sender.on("say", (...args: unknown[]) => heard.push(args));
    expect(sender.receive("say", 1, "two", [3])).to.equal(true);
    expect(sender.receive("unheard of")).to.equal(false);
    expect(heard).to.deep.equal([[1, "two", [3]]]);
    expect(sender.sent).to.deep.equal([]);
  });

  it("turns what a listener's promise rejects with into an error where it is made to", async () => {
    const emitter = new Plain({ captureRejections: true });
    const failure = new Error("broken");
    emitter.on("say", async () => {
      throw failure;
    });
    emitter.emit("say", "a");
    expect(await once(emitter, "error")).to.deep.equal([failure]);
  });
});
