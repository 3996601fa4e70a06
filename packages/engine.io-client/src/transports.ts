import { httpClient, webSocketClient } from "#platform";
import type { NetworkOptions } from "./network.ts";
import { NODE_OPTIONS, type SocketOptions } from "./options.ts";
import { polling } from "./polling.ts";
import type { TransportFactory } from "./transport.ts";
import { websocket } from "./websocket.ts";

type Checked = Pick<
  Required<SocketOptions>,
  "extraHeaders" | "withCredentials" | "autoUnref" | "protocols" | "requestTimeout" | "maxMessageBytes"
>;

/** The transports of `names` that this platform has, in that order. */
export function createTransports(
  names: readonly string[],
  checked: Checked & { readonly transportOptions: SocketOptions["transportOptions"] },
  given: SocketOptions,
): readonly TransportFactory[] {
  const network = (name: string): NetworkOptions => {
    const own = checked.transportOptions?.[name];
    return networkOptions({ ...checked, ...own }, { ...given, ...own });
  };
  const factories: Record<string, () => TransportFactory> = {
    polling: () => polling(httpClient(network("polling"))),
    websocket: () => websocket(webSocketClient(network("websocket"))),
  };
  return names.flatMap((name) => factories[name]?.() ?? []);
}

function networkOptions(checked: Checked, given: SocketOptions): NetworkOptions {
  const { extraHeaders, withCredentials, autoUnref, protocols, requestTimeout, maxMessageBytes } = checked;
  return {
    headers: extraHeaders ?? {},
    withCredentials: withCredentials === true,
    autoUnref: autoUnref === true,
    protocols: typeof protocols === "string" ? [protocols] : (protocols ?? []),
    requestTimeoutMs: requestTimeout || undefined,
    maxMessageBytes: maxMessageBytes ?? Number.POSITIVE_INFINITY,
    nodeOptions: Object.fromEntries(
      NODE_OPTIONS.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])),
    ),
  };
}
