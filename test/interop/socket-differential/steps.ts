/** Makes the steps of scripts. */
import type { Application } from "./application.ts";
import type { Message, Revision, Script, Step, TransportName, Way } from "./step.ts";

export const script = (title: string, ...steps: readonly (Step | readonly Step[])[]): Script => ({
  title,
  steps: steps.flat(),
});

export const open = (way: Way, on = "a"): Step => ({ do: "open", on, way });
export const say = (...messages: readonly Message[]): Step => sayOn("a", ...messages);
export const sayOn = (on: string, ...messages: readonly Message[]): Step => ({ do: "say", on, messages });
export const leave = (how: "close" | "cut", on = "a"): Step => ({ do: "leave", on, how });
export const server = (act: (application: Application) => void): Step => ({ do: "server", act });
export const hear = (start: string, on = "a"): Step => ({ do: "hear", on, start });

/** A client in "/". In revision 4 the server puts it there. */
export const join = (way: Way, on = "a"): readonly Step[] =>
  way.revision === 5 ? [open(way, on), sayOn(on, "0")] : [open(way, on)];

/** Shows whether the client is in "/" still. */
export const echo = (on = "a"): Step => sayOn(on, '2999["echo","alive"]');

const REVISIONS: readonly Revision[] = [5, 4];
const TRANSPORTS: readonly TransportName[] = ["websocket", "polling"];

const titled = (way: Way, { title, ...row }: Script): Script => ({
  ...row,
  title: `${title}, revision ${way.revision}, ${way.transport}`,
});

/** The scripts in both revisions, over both transports. */
export const everyWay = (scriptsOf: (way: Way) => readonly Script[]): readonly Script[] =>
  REVISIONS.flatMap((revision) =>
    TRANSPORTS.flatMap((transport) => {
      const way: Way = { revision, transport };
      return scriptsOf(way).map((row) => titled(way, row));
    }),
  );

/** The scripts in both revisions, over WebSocket alone. */
export const overWebSocket = (scriptsOf: (way: Way) => readonly Script[]): readonly Script[] =>
  REVISIONS.flatMap((revision) => {
    const way: Way = { revision, transport: "websocket" };
    return scriptsOf(way).map((row) => ({ ...row, title: `${row.title}, revision ${revision}` }));
  });

export const placeholder = (num: string | number): string => `{"_placeholder":true,"num":${num}}`;
export const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);
