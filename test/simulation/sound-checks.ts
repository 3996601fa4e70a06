import type { Application } from "./application.ts";
import type { Course } from "./course.ts";
import type { ServerEnd } from "./server-end.ts";

/** With a sound network, nothing is lost and every upgrade comes about. */
export function checkSoundNetwork(course: Course, peer: ServerEnd | undefined): void {
  const { world, client } = course;
  const { scenario } = world;
  if (scenario.faults !== "none") return;
  checkReported(course, peer);
  const closers = [client.application, peer?.application].filter((one) => one?.closedAs !== undefined);
  if (closers.length === 0) {
    // A message over the limit ends a session, whoever sends it.
    if (client.application.isClosed)
      world.violate("a sound network loses no session", describe(course, peer));
    const upgrades =
      scenario.upgrade && scenario.transports[0] === "polling" && scenario.transports.length > 1;
    if (upgrades && client.state !== "upgraded")
      world.violate("a sound network lets every upgrade through", describe(course, peer));
  } else if (closers.length === 1) checkGoodbye(course, peer);
}

/** With a sound network a close is heard of at once. Only a client that leaves without a word has to be missed. */
function checkReported(course: Course, peer: ServerEnd | undefined): void {
  const { world, client } = course;
  if (client.application.closedAs?.isGraceful === false) return;
  const reasons = [...client.application.reports, ...(peer?.application.reports ?? [])];
  if (reasons.includes("ping timeout"))
    world.violate("a sound network reports a close at once", describe(course, peer));
}

/** While WebSockets alone go wrong, a session that has not moved to one lives on. */
export function checkFailedUpgrade(course: Course, peer: ServerEnd | undefined): void {
  const { world, client } = course;
  const { faults, transports } = world.scenario;
  if (faults !== "probes" || transports[0] !== "polling" || client.hasUpgraded) return;
  if (client.application.isClosed && !client.application.closedAs && !peer?.application.closedAs)
    world.violate("a failed upgrade costs no session", describe(course, peer));
}

const CAN_SAY_GOODBYE = new Set(["open", "probing", "pausing", "upgrading", "upgraded"]);

/** A server's goodbye may be overtaken by the refusal of a post that was under way. */
const hearsGoodbye = ({ side, reports: [reason] }: Application): boolean =>
  reason === "transport close" || (side === "client" && reason === "transport error");

/** What was sent before a graceful close arrives, unless the other side closes as well. */
function checkGoodbye(course: Course, peer: ServerEnd | undefined): void {
  const { world, client } = course;
  if (peer === undefined) return;
  const isClients = client.application.closedAs !== undefined;
  const closer = isClients ? client.application : peer.application;
  const other = isClients ? peer.application : client.application;
  if (closer.closedAs?.isGraceful !== true || !CAN_SAY_GOODBYE.has(closer.closedAs.state)) return;
  if (other.received < closer.sent.length)
    world.violate("all sent before a graceful close arrives", describe(course, peer));
  else if (closer.reports[0] !== "forced close" || !hearsGoodbye(other))
    world.violate("a graceful close is told as what it is", describe(course, peer));
  else world.count("everything arrived before a goodbye");
}

/** How both ends stand. */
export function describe({ client }: Course, peer: ServerEnd | undefined): string {
  const tell = (
    name: string,
    state: string,
    { sent, received, reports }: { sent: readonly unknown[]; received: number; reports: readonly string[] },
  ) =>
    `${name} ${state}${reports.map((reason) => ` (${reason})`).join("")}, sent ${sent.length}, received ${received}`;
  return [
    tell("client", client.state, client.application),
    peer === undefined ? "no session at the server" : tell("server", peer.state, peer.application),
  ].join("; ");
}
