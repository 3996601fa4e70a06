interface Page {
  readonly protocol: string;
  readonly host: string;
}

/** What an address passed to `io()` says. */
export interface Target {
  /** Scheme, host and port: where the Manager connects to. */
  readonly server: string;
  /** What tells one Manager from another: the server and the path of its endpoint. */
  readonly id: string;
  readonly namespace: string;
  readonly query: Readonly<Record<string, string>> | undefined;
}

const SCHEME = /^(?:https?|wss?):\/\//;

/**
 * Reads an address: a full one, one without a scheme, `//host`, `/namespace`, or none at all. What is missing is taken
 * from the page.
 *
 * @param endpointPath where the server listens, `/socket.io` unless the user says otherwise.
 * @throws {TypeError} when it cannot be read, or has no host and there is no page to take it from.
 */
export function readTarget(uri: string | undefined, endpointPath: string, page: Page | undefined): Target {
  const [scheme = "", rest = ""] = complete(uri ?? "", page).split("://", 2);
  const [location = "", search] = rest.split("#", 1).join("").split("?", 2);
  const slash = location.indexOf("/");
  // Namespaces are names, not paths: `URL` would percent-encode them.
  const namespace = slash === -1 ? "/" : location.slice(slash);
  const server = `${scheme.replace("ws", "http")}://${hostOf(slash === -1 ? location : location.slice(0, slash))}`;
  return {
    server,
    id: server + endpointPath,
    namespace,
    query: search ? Object.fromEntries(new URLSearchParams(search)) : undefined,
  };
}

function complete(uri: string, page: Page | undefined): string {
  if (SCHEME.test(uri)) return uri;
  // A page that came from a file or an application's own scheme says nothing about the server's.
  const scheme = page === undefined ? "https:" : page.protocol.startsWith("http") ? page.protocol : "http:";
  if (uri.startsWith("//")) return scheme + uri;
  if (uri !== "" && !uri.startsWith("/")) return `${scheme}//${uri}`;
  if (page === undefined)
    throw new TypeError(
      `Invalid address ${JSON.stringify(uri)}: outside of a page, give the server's, such as "https://example.com"`,
    );
  return `${scheme}//${page.host}${uri}`;
}

function hostOf(text: string): string {
  try {
    // Any scheme that has no port of its own keeps the one that is there.
    return new URL(`http://${text}`).host || text;
  } catch (cause) {
    throw new TypeError(
      `Invalid address ${JSON.stringify(text)}: give one such as "https://example.com/admin"`,
      {
        cause,
      },
    );
  }
}
