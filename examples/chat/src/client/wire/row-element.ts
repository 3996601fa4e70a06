import { make } from "../dom.ts";
import type { BreakRow, PacketRow, Row, Tracks, TransportRow } from "./wire-log.ts";

const number = new Intl.NumberFormat("en", { useGrouping: true });
/** Longest extra space before a row, for the silence before it. */
const MOST_GAP_PX = 22;

/** Draws one row of the diagram. */
export function rowElement(row: Row): HTMLLIElement {
  const item = make("li", { "data-row": row.kind });
  item.style.setProperty("--gap", `${gapOf(row.sinceLastMs)}px`);
  if (row.kind === "packet") fillPacket(item, row);
  else if (row.kind === "transport") fillTransport(item, row);
  else fillBreak(item, row);
  return item;
}

/** Silence is drawn as space, on a logarithmic scale: nothing below 20 ms, all of it from some ten seconds. */
function gapOf(silenceMs: number): number {
  const decades = Math.log10(Math.max(silenceMs, 20) / 20);
  return Math.round(Math.min(1, decades / 2.7) * MOST_GAP_PX);
}

function fillPacket(item: HTMLLIElement, row: PacketRow): void {
  const { meaning, direction, transport } = row;
  Object.assign(item.dataset, { transport, direction, kind: meaning.kind });
  const label = make("span", { class: "label" }, make("b", {}, meaning.title));
  if (meaning.detail !== "") label.append(` ${meaning.detail}`);
  if (meaning.namespace !== undefined && meaning.namespace !== "/" && meaning.detail !== meaning.namespace)
    label.append(make("small", {}, meaning.namespace));
  if (meaning.ackId !== undefined) label.append(make("small", {}, `#${meaning.ackId}`));
  const button = make(
    "button",
    { type: "button", tabindex: "-1", "aria-label": describe(row) },
    timeOf(row),
    tracksOf(row.tracks),
    make("span", { class: "arrow" }, label, make("span", { class: "shaft" })),
    make("span", { class: "size" }, number.format(row.sizeBytes)),
  );
  item.append(button);
}

function fillTransport(item: HTMLLIElement, row: TransportRow): void {
  const { transport, state, reason } = row;
  Object.assign(item.dataset, { transport, state });
  const note = make("span", { class: "label" }, make("b", {}, transport), ` ${state}`);
  if (reason !== "") note.append(make("small", {}, reason));
  item.append(
    timeOf(row),
    tracksOf(row.tracks, transport),
    make("span", { class: "arrow" }, note),
    make("span", { class: "size" }),
  );
}

function fillBreak(item: HTMLLIElement, row: BreakRow): void {
  item.dataset.lost = String(row.lost);
  item.append(make("span", { class: "break" }, row.lost ? lossOf(row) : startOf(row)));
}

const lossOf = ({ reason }: BreakRow): string => `Connection lost${reason === "" ? "" : `: ${reason}`}`;

const startOf = ({ connection, silentMs }: BreakRow): string =>
  connection === 1 ? "Connection 1" : `Connection ${connection}, after ${(silentMs / 1000).toFixed(1)} s`;

const timeOf = ({ timeMs }: Row): HTMLSpanElement =>
  make("span", { class: "time" }, number.format(Math.round(timeMs)));

function tracksOf(tracks: Tracks, changed?: string): HTMLSpanElement {
  const marks = (["polling", "websocket"] as const).map((transport) =>
    make("i", {
      "data-transport": transport,
      "data-state": tracks[transport],
      ...(transport === changed ? { "data-changed": "" } : {}),
    }),
  );
  return make("span", { class: "tracks", "aria-hidden": "true" }, ...marks);
}

const describe = ({ direction, transport, meaning, sizeBytes, timeMs }: PacketRow): string =>
  `${direction === "up" ? "to the server" : "from the server"} by ${transport}: ${meaning.title} ${meaning.detail}, ` +
  `${sizeBytes} bytes, after ${Math.round(timeMs)} milliseconds`;
