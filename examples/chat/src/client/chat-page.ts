import type { RoomSummary, User } from "../protocol.ts";
import { avatar } from "./avatar.ts";
import { ChatLog } from "./chat-log.ts";
import { composer } from "./composer.ts";
import { Connection, type ConnectionState } from "./connection.ts";
import { byId, make } from "./dom.ts";
import { type Identity, randomKey } from "./identity.ts";
import { askName } from "./name-dialog.ts";
import { type Draft, Outbox } from "./outbox.ts";
import { enlargePictures } from "./picture-element.ts";
import { takePictures } from "./picture-input.ts";
import { RoomSession } from "./room-session.ts";
import { RoomList } from "./side-lists.ts";
import { showStatus } from "./status.ts";
import { showPanels } from "./tabs.ts";
import { toast } from "./toasts.ts";
import { TypingLine } from "./typing-line.ts";
import { blockWebSocket } from "./websocket-switch.ts";
import { ConnectionFacts } from "./wire/connection-facts.ts";
import { WireView } from "./wire/wire-view.ts";

/** Puts the parts of the page together: what one of them tells goes to those it concerns. */
export class ChatPage {
  readonly #identity: Identity;
  readonly #saveIdentity: () => void;
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #session: RoomSession;
  readonly #log = new ChatLog();
  readonly #rooms = new RoomList((room) => this.#changeRoom(room));
  #me: User;

  constructor(identity: Identity, saveIdentity: () => void) {
    this.#identity = identity;
    this.#saveIdentity = saveIdentity;
    this.#me = { id: "", name: identity.name };
    this.#connection = this.#connect();
    const { socket } = this.#connection;
    this.#outbox = new Outbox(socket, {
      onAccepted: ({ key }, accepted) => this.#log.confirm(key, accepted),
      onRefused: (draft, why) => this.#refused(draft, why),
    });
    this.#session = new RoomSession({
      socket,
      log: this.#log,
      outbox: this.#outbox,
      rooms: this.#rooms,
      typing: new TypingLine(),
      me: () => this.#me,
    });
    socket.on("welcome", ({ user, rooms }) => this.#welcome(user, rooms));
    socket.on("rooms", (rooms) => this.#rooms.show(rooms));
    this.#takeInput();
    this.#takeButtons();
  }

  start(): void {
    this.#saveIdentity();
    this.#connection.start();
  }

  #connect(): Connection {
    const wire = new WireView();
    const facts = new ConnectionFacts();
    return new Connection(() => this.#identity, {
      onTrace(event) {
        wire.add(event);
        facts.read(event);
      },
      onLink: (link) => facts.showLink(link),
      onState: (state, detail) => this.#onState(state, detail),
    });
  }

  #onState(state: ConnectionState, detail: string): void {
    showStatus(state, detail);
    if (state !== "online") this.#outbox.hold();
    if (state === "refused") void this.#rename(`${detail}.`);
  }

  #welcome(user: User, rooms: readonly RoomSummary[]): void {
    this.#setMe(user, this.#identity.name);
    this.#rooms.show(rooms);
    this.#session.enterIfConnected();
  }

  #setMe(user: User, wanted: string): void {
    if (user.name !== wanted) toast(`That name is taken: you are ${user.name}.`);
    this.#me = user;
    this.#identity.name = user.name;
    this.#saveIdentity();
    const button = byId("me", HTMLButtonElement);
    button.hidden = false;
    button.replaceChildren(avatar(user), make("span", { class: "name" }, user.name));
  }

  /** Asks for another name, and tells it to the server, or connects under it if there is no connection. */
  async #rename(error = ""): Promise<void> {
    const { socket } = this.#connection;
    const name = await askName(this.#identity.name, error);
    if (!socket.connected) {
      this.#identity.name = name;
      this.#connection.start();
    } else if (name !== this.#identity.name) {
      const reply = await socket.emitWithAck("rename", { name });
      if (reply.ok) this.#setMe(reply.user, name);
      else await this.#rename(`${reply.error.message}.`);
    }
  }

  #changeRoom(room: string): void {
    this.#session.change(room);
    showPanels("chat");
  }

  #send(draft: Draft): boolean {
    const taken = this.#outbox.add(draft);
    if (taken) this.#log.addDraft(draft, this.#me);
    else toast("Too much is waiting for the connection: try again when it is back.");
    return taken;
  }

  #refused({ key, room }: Draft, why: string): void {
    this.#log.refuse(key, why);
    toast(`Not sent to ${room}: ${why}.`);
  }

  #takeInput(): void {
    const { socket } = this.#connection;
    const head = () => ({ key: randomKey(), room: this.#session.room });
    composer({
      onText: (text) => this.#send({ kind: "text", ...head(), text }),
      onTyping: (typing) =>
        void (socket.connected && socket.emit("typing", { room: this.#session.room, typing })),
    });
    takePictures((picture) => this.#send({ kind: "picture", ...head(), ...picture }));
    enlargePictures(byId("log", HTMLElement));
  }

  #takeButtons(): void {
    byId("me", HTMLButtonElement).addEventListener("click", () => void this.#rename());
    byId("drop-connection", HTMLButtonElement).addEventListener("click", () => this.#connection.drop());
    const block = byId("block-websocket", HTMLButtonElement);
    block.addEventListener("click", () => {
      const blocked = block.getAttribute("aria-pressed") !== "true";
      block.setAttribute("aria-pressed", String(blocked));
      blockWebSocket(blocked);
      this.#connection.drop();
    });
  }
}
