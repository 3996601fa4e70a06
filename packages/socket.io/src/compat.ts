/**
 * Names that adapters and tools know from `socket.io`, kept apart from the core that has no need of them. Each is a member
 * of the class that extends the one here; beside it stands who needs it.
 */
import type { Adapter } from "@towline/socket.io-adapter";
import { Decoder, Encoder, type SocketPacket as Packet } from "@towline/socket.io-parser";
import type { AnyNamespace, Auth } from "./client.ts";
import type { NamespaceReservedEventsMap } from "./namespace.ts";
import type { PacketCodec, PacketPart, Parser } from "./packet-codec.ts";
import type { SendFlags } from "./send-flags.ts";
import type { ServerReservedEventsMap } from "./server.ts";
import type { ServerOptions } from "./server-options.ts";
import type { DisconnectReason } from "./socket-types.ts";
import { type EventsMap, type RemoveAcknowledgements, TypedEmitter } from "./typed-events.ts";

export abstract class ClientNames {
  protected abstract write(parts: readonly PacketPart[], flags: SendFlags): void;

  /** `socket.io-adapter` hands broadcasts over by it, and so do the adapters that stand on it. */
  writeToEngine(encoded: PacketPart | readonly PacketPart[], flags: SendFlags = {}): void {
    this.write(
      typeof encoded === "object" && Array.isArray(encoded) ? encoded : [encoded as PacketPart],
      flags,
    );
  }
}

export abstract class SocketNames<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ReservedEvents extends EventsMap,
> extends TypedEmitter<ListenEvents, EmitEvents, ReservedEvents> {
  abstract readonly nsp: AnyNamespace;
  protected abstract notifyOutgoing(data: unknown[]): void;
  protected abstract takeEvent(packet: Packet): void;
  abstract onClose(reason: DisconnectReason, description?: unknown): void;

  /** `socket.io-adapter` calls it for each receiver of a broadcast. */
  notifyOutgoingListeners(packet: Packet): void {
    this.notifyOutgoing(packet.data as unknown[]);
  }

  /** Called for each event. `socketio-wildcard`, and applications from before `onAny`, put their own in its place. */
  onevent(packet: Packet): void {
    this.takeEvent(packet);
  }

  /** Applications ask it for rooms. */
  get adapter(): Adapter {
    return this.nsp.adapter;
  }

  /** Tests of applications end a socket by it, as if its connection were lost. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  _onclose(reason: DisconnectReason, description?: any): this | undefined {
    this.onClose(reason, description);
    return this;
  }
}

export abstract class NamespaceNames<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ServerSideEvents extends EventsMap,
  SocketData,
> extends TypedEmitter<
  ServerSideEvents,
  RemoveAcknowledgements<EmitEvents>,
  NamespaceReservedEventsMap<ListenEvents, EmitEvents, ServerSideEvents, SocketData>
> {
  /** The next id of an acknowledgement: `socket.io-adapter` and the Redis adapters number broadcasts by it. */
  _ids = 0;

  protected abstract callListeners(event: string, args: unknown[]): void;
  protected abstract replaceAdapter(): void;

  /** @internal An id for an acknowledgement, unlike all others of this namespace. */
  nextAckId(): number {
    return this._ids++;
  }

  /** The adapters of a cluster bring by it what another server has sent with `serverSideEmit`. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference; arguments from another server.
  _onServerSideEmit([event, ...args]: [string, ...any[]]): void {
    this.callListeners(event, args);
  }

  /** `server.adapter(…)` gives namespaces that are there already another adapter by it. */
  _initAdapter(): void {
    this.replaceAdapter();
  }
}

export abstract class ServerNames<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ServerSideEvents extends EventsMap,
  SocketData,
> extends TypedEmitter<
  ServerSideEvents,
  RemoveAcknowledgements<EmitEvents>,
  ServerReservedEventsMap<ListenEvents, EmitEvents, ServerSideEvents, SocketData>
> {
  /** The namespaces by name: `@socket.io/admin-ui` goes through them. */
  abstract readonly _nsps: Map<string, AnyNamespace>;
  /** @internal */
  abstract readonly codec: PacketCodec;
  abstract readonly opts: Partial<ServerOptions>;
  abstract connectTimeout(): number;
  protected abstract findNamespace(
    name: string,
    auth: Auth,
    onFound: (namespace: AnyNamespace | undefined) => void,
  ): void;

  /** `socket.io-adapter` encodes broadcasts by it. */
  get encoder(): PacketCodec["encoder"] {
    return this.codec.encoder;
  }

  /** The options, by the name that adapters know since 4.7. */
  get _opts(): Partial<ServerOptions> {
    return this.opts;
  }

  /** The codec that the server was given; ours when it was given none. */
  get _parser(): Parser {
    return this.opts.parser ?? { Encoder, Decoder };
  }

  get _connectTimeout(): number {
    return this.connectTimeout();
  }

  _checkNamespace(name: string, auth: Auth, callback: (namespace: AnyNamespace | false) => void): void {
    this.findNamespace(name, auth, (namespace) => callback(namespace ?? false));
  }
}
