import { Adapter, SessionAwareAdapter } from "@towline/socket.io-adapter";
import { expect } from "chai";
import { event, PortNamespace, to } from "./support/fake-namespace.ts";

const MEMBERS = Array.from({ length: 10 }, (_, i) => `m${i}`);
const ROOMS_PER_SOCKET = 100;
/** Hidden costs would show as thousands; noise of a busy machine does not come near this. */
const LEAST_SUSPICIOUS_RATIO = 20;
const REPEATS = 300;

/** A map that counts how often it is asked for anything, steps through it included. */
class CountingMap<K, V> extends Map<K, V> {
  operations = 0;

  override get(key: K): V | undefined {
    this.operations++;
    return super.get(key);
  }
  override has(key: K): boolean {
    this.operations++;
    return super.has(key);
  }
  override set(key: K, value: V): this {
    // The constructor of `Map` calls this before there is a counter.
    this.operations = (this.operations ?? 0) + 1;
    return super.set(key, value);
  }
  override delete(key: K): boolean {
    this.operations++;
    return super.delete(key);
  }
  override *keys(): MapIterator<K> {
    for (const key of super.keys()) {
      this.operations++;
      yield key;
    }
  }
  override *values(): MapIterator<V> {
    for (const value of super.values()) {
      this.operations++;
      yield value;
    }
  }
  override *entries(): MapIterator<[K, V]> {
    for (const entry of super.entries()) {
      this.operations++;
      yield entry;
    }
  }
  override [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }
  override forEach(visit: (value: V, key: K, map: Map<K, V>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }
}

/** A room of ten among `count` others, and what may be done in it. */
function setUp(count: number, AdapterClass: typeof Adapter) {
  const nsp = new PortNamespace();
  const adapter = nsp.use(new AdapterClass(nsp));
  const rooms = new CountingMap<string, Set<string>>();
  const sids = new CountingMap<string, Set<string>>();
  adapter.rooms = rooms;
  adapter.sids = sids;
  for (const id of MEMBERS) nsp.add(id, "ten");
  for (let first = 0; first < count; first += ROOMS_PER_SOCKET) {
    const names = Array.from(
      { length: Math.min(ROOMS_PER_SOCKET, count - first) },
      (_, i) => `r${first + i}`,
    );
    adapter.addAll(`other ${first}`, new Set(names));
  }
  nsp.add("visitor");
  const visitor = nsp.get("visitor");
  const actions = {
    joining: () => visitor.join("ten"),
    leaving: () => visitor.leave("ten"),
    emitting: () => adapter.broadcast(event("e"), to(["ten"])),
    "emitting to others": () => adapter.broadcast(event("e"), to(["ten"], ["m1"])),
    "going and coming": () => {
      nsp.remove("visitor");
      nsp.sockets.set("visitor", visitor);
      visitor.join(["visitor"]);
    },
  };
  const operationsOf = (action: () => void): number => {
    rooms.operations = sids.operations = 0;
    action();
    return rooms.operations + sids.operations;
  };
  return { actions, operationsOf };
}

function timeOf(action: () => void): number {
  const times = Array.from({ length: REPEATS }, () => {
    const startMs = performance.now();
    action();
    return performance.now() - startMs;
  }).sort((a, b) => a - b);
  return times[REPEATS >> 1] ?? 0;
}

for (const AdapterClass of [Adapter, SessionAwareAdapter])
  describe(`a room of ten among 100,000, ${AdapterClass.name}`, function () {
    this.timeout(20_000);
    const few = setUp(10, AdapterClass);
    let many: ReturnType<typeof setUp>;
    before(() => {
      many = setUp(100_000, AdapterClass);
    });

    for (const name of Object.keys(few.actions) as (keyof typeof few.actions)[])
      it(`costs what it costs among ten: ${name}`, () => {
        const operations = many.operationsOf(many.actions[name]);
        expect(operations).to.equal(few.operationsOf(few.actions[name]));
        expect(operations).to.be.within(1, 30);
        const ratio = timeOf(many.actions[name]) / timeOf(few.actions[name]);
        expect(ratio).to.be.below(LEAST_SUSPICIOUS_RATIO);
      });
  });
