/** `up` is the network's end at the client, `down` that at the server. */
export type Column = "client" | "up" | "down" | "server";

/** What happened, in the order in which it did. */
export interface Row {
  readonly atMs: number;
  readonly column: Column;
  readonly text: string;
}

const WIDTHS = { time: 8, client: 40, network: 58 } as const;

/** Bytes and long texts, fit for a line. */
export function abridge(wire: string | Uint8Array | undefined, most = 30): string {
  if (wire === undefined) return "";
  if (typeof wire !== "string") return `<${wire.length} bytes ${[...wire.subarray(0, 5)].join(" ")}>`;
  const shown = wire.replaceAll("\x1e", "␞").replaceAll("\n", "⏎");
  return shown.length > most ? `${shown.slice(0, most)}…(${shown.length})` : shown;
}

/** A run as a sequence diagram: time runs down, the client is on the left, the server on the right. */
export function drawDiagram(rows: readonly Row[]): string {
  const head = line("ms", "client", "network", "server");
  return [head, "-".repeat(head.length + 30), ...rows.map(drawRow)].join("\n");
}

function drawRow({ atMs, column, text }: Row): string {
  const cell = (own: Column) => (own === column ? text : "");
  return line(
    String(atMs),
    cell("client"),
    cell("up") || cell("down").padStart(WIDTHS.network),
    cell("server"),
  );
}

const line = (time: string, client: string, network: string, server: string): string =>
  `${time.padStart(WIDTHS.time)}  ${client.padEnd(WIDTHS.client)}| ${network.padEnd(WIDTHS.network)}| ${server}`.trimEnd();
