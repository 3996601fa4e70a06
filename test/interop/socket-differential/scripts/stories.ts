/** Two clients that join, speak, answer and leave in any order that makes sense, drawn from a fixed seed. */
import { Random } from "../../../simulation/random.ts";
import type { Application, ServerSocket } from "../application.ts";
import { show } from "../show.ts";
import type { Group, Script, Step, TransportName, Way } from "../step.ts";
import { bytes, join, placeholder, sayOn, script, server } from "../steps.ts";

const STORIES = 120;
const STEPS = 14;
const NAMESPACES = ["/", "/known", "/late", "/dynamic-1", "/dynamic-2", "/asked"];
const ROOMS = ["red", "blue"];
const CLIENTS = ["a", "b"];

/** What is known while a story is made up: it is told to the servers later. */
class Story {
  readonly steps: Step[] = [];
  readonly #random: Random;
  /** By client and namespace, which of the sockets of the namespace it is. */
  readonly #joined = new Map<string, number>();
  /** How many sockets, and how many questions, there have been by namespace. */
  readonly #sockets = new Map<string, number>();
  readonly #asked = new Map<string, number>();

  constructor(way: Way, seed: number) {
    this.#random = new Random(seed);
    for (const on of CLIENTS) {
      this.steps.push(...join(way, on));
      this.#noteJoined(on, "/");
    }
    for (let step = 0; step < STEPS; step++) this.#goOn();
  }

  #goOn(): void {
    const [on, nsp] = [this.#random.pick(CLIENTS), this.#random.pick(NAMESPACES)];
    const index = this.#joined.get(`${on} ${nsp}`);
    const name = nsp === "/" ? "" : `${nsp},`;
    if (index === undefined) {
      this.steps.push(sayOn(on, `0${name}`));
      this.#noteJoined(on, nsp);
      return;
    }
    switch (this.#random.between(0, 9)) {
      case 0:
        this.steps.push(sayOn(on, `1${name}`));
        this.#joined.delete(`${on} ${nsp}`);
        break;
      case 1:
        this.#serverDoes(nsp, index, (socket) => socket.disconnect());
        this.#joined.delete(`${on} ${nsp}`);
        break;
      case 2:
        this.steps.push(
          sayOn(on, `2${name}${this.#random.between(0, 99)}["echo",${this.#random.between(0, 9)}]`),
        );
        break;
      case 3:
        this.steps.push(
          sayOn(on, `51-${name}["echo",${placeholder(0)}]`, bytes(this.#random.between(0, 255))),
        );
        break;
      case 4:
        this.#ask(on, nsp, index);
        break;
      case 5: {
        const room = this.#random.pick(ROOMS);
        this.#serverDoes(nsp, index, (socket) => socket.join(room));
        break;
      }
      case 6: {
        const room = this.#random.pick(ROOMS);
        this.#serverDoes(nsp, index, (socket) => socket.leave(room));
        break;
      }
      case 7: {
        const room = this.#random.pick(ROOMS);
        this.#serverDoes(nsp, index, (socket) => socket.to(room).emit("to the room", room));
        break;
      }
      case 8: {
        const room = this.#random.pick(ROOMS);
        this.steps.push(server(({ io }) => io.of(nsp).except(room).emit("to the others", bytes(1))));
        break;
      }
      default:
        this.#serverDoes(nsp, index, (socket) => socket.broadcast.emit("to all but one"));
    }
  }

  /** The answer comes at once, or never. */
  #ask(on: string, nsp: string, index: number): void {
    const id = this.#asked.get(nsp) ?? 0;
    this.#asked.set(nsp, id + 1);
    this.#serverDoes(nsp, index, (socket, application) =>
      socket.emit("question", id, (...answer: unknown[]) =>
        application.note(`${nsp} answered ${show(answer)}`),
      ),
    );
    const name = nsp === "/" ? "" : `${nsp},`;
    if (this.#random.chance(0.8)) this.steps.push(sayOn(on, `3${name}${id}["answer ${id}"]`));
  }

  #serverDoes(
    nsp: string,
    index: number,
    act: (socket: ServerSocket, application: Application) => unknown,
  ): void {
    this.steps.push(server((application) => void act(application.socket(nsp, index), application)));
  }

  #noteJoined(on: string, nsp: string): void {
    const index = this.#sockets.get(nsp) ?? 0;
    this.#sockets.set(nsp, index + 1);
    this.#joined.set(`${on} ${nsp}`, index);
  }
}

const TRANSPORTS: readonly TransportName[] = ["websocket", "polling"];

const stories: readonly Script[] = Array.from({ length: STORIES }, (_, index) => {
  const way: Way = { revision: index % 3 === 0 ? 4 : 5, transport: TRANSPORTS[index % 2] ?? "websocket" };
  return script(`story ${index}, revision ${way.revision}, ${way.transport}`, new Story(way, index).steps);
});

export const STORIES_OF_TWO: readonly Group[] = [{ title: "stories of two clients", scripts: stories }];
