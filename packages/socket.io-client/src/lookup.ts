import { Manager } from "./manager.ts";
import type { ManagerOptions } from "./options.ts";
import type { Socket, SocketOptions } from "./socket.ts";
import { readTarget } from "./url.ts";

type Options = Partial<ManagerOptions & SocketOptions>;

/** The Managers of this page or process, by server and path. */
const managers = new Map<string, Manager>();

const DEFAULT_PATH = "/socket.io";

/**
 * Connects to a namespace of a server: the path of the address. Sockets for different namespaces of one server share a
 * connection; a second Socket for the same namespace gets a connection of its own, as does one with `forceNew`.
 *
 * @param uri the server's address. Without it, or with a path only, it is where the page came from.
 * @throws {TypeError} for an address or an option that makes no sense.
 * @example
 * const socket = io("https://example.com/admin", { auth: { token } });
 */
export function lookup(opts?: Options): Socket;
export function lookup(uri?: string, opts?: Options): Socket;
export function lookup(uri?: string | Options, opts: Options = {}): Socket {
  const [address, given] = typeof uri === "object" ? [undefined, uri] : [uri, opts];
  const target = readTarget(address, given.path ?? DEFAULT_PATH, globalThis.location);
  const options =
    target.query === undefined || given.query !== undefined ? given : { ...given, query: target.query };
  return managerFor(target.id, target.server, target.namespace, options).socket(target.namespace, options);
}

function managerFor(id: string, server: string, namespace: string, options: Options): Manager {
  const shared = managers.get(id);
  const isOwn =
    options.forceNew === true || options.multiplex === false || shared?.nsps[namespace] !== undefined;
  if (isOwn) return new Manager(server, options);
  if (shared !== undefined) return shared;
  const manager = new Manager(server, options);
  managers.set(id, manager);
  return manager;
}
