import type { Application } from "./application.ts";
import type { Course } from "./course.ts";
import type { ServerEnd } from "./server-end.ts";
import { checkFailedUpgrade, checkSoundNetwork, describe } from "./sound-checks.ts";

const AT_REST = new Set(["open", "upgraded"]);

/** Whether nothing is to come but heartbeats. */
export function isSettled({ world, client, host }: Course): boolean {
  if (world.scheduler.busy > 0) return false;
  if (client.application.isClosed) return host.clients.size === 0;
  const peer = host.find(client.session.handshake?.sid);
  return (
    !world.isSilent &&
    peer !== undefined &&
    host.clients.size === 1 &&
    AT_REST.has(client.state) &&
    AT_REST.has(peer.state) &&
    client.state === peer.state &&
    haveAll(client.application, peer.application) &&
    knowsIt(client.application) &&
    knowsIt(peer.application)
  );
}

const haveAll = (one: Application, other: Application): boolean =>
  one.received === other.sent.length && other.received === one.sent.length;

/** Whether the session has said that all is on its way. */
const knowsIt = ({ gone, sent, isDrained }: Application): boolean => gone.size === sent.length && isDrained;

/** After quiescence: all arrived, or a close was reported to both. */
export function checkQuiet(course: Course): void {
  const { world, client, host } = course;
  const peer = host.find(client.session.handshake?.sid);
  for (const end of host.sessions) if (end !== peer) checkForgotten(course, end);
  const isClosed = client.application.isClosed;
  if (isClosed !== (peer?.application.isClosed ?? isClosed))
    world.violate("a close is reported to both", describe(course, peer));
  else if (peer !== undefined && !isClosed) checkAlive(course, peer);
  else if (!isClosed) world.violate("an open client has a session", describe(course, peer));
  checkSoundNetwork(course, peer);
  checkFailedUpgrade(course, peer);
  checkSilence(course, peer);
}

/** Nobody has closed: all has arrived, both know it, and both are on the same transport. */
function checkAlive(course: Course, peer: ServerEnd): void {
  const { world, client } = course;
  if (!haveAll(client.application, peer.application))
    world.violate("all that was sent arrives, or a close is reported", describe(course, peer));
  else world.count("everything arrived");
  if (client.opened !== 1) world.violate("a session's opening is told of once", `${client.opened} times`);
  if (client.upgradeErrors !== client.failedUpgrades)
    world.violate("a failed upgrade is told of", `${client.upgradeErrors} of ${client.failedUpgrades}`);
  if (client.state !== peer.state)
    world.violate("an upgrade comes to its end at both ends", describe(course, peer));
  for (const application of [client.application, peer.application]) {
    const { side, sent, gone } = application;
    if (!knowsIt(application))
      world.violate("what has arrived is told to have gone", `${side}: ${gone.size} of ${sent.length}`);
    if (application.upgraded !== (client.hasUpgraded ? 1 : 0))
      world.violate("an upgrade is told of, from its beginning to its end, once", side);
  }
}

/** A session that the client never came to know, or gave up while it looked for the revision. */
function checkForgotten({ world }: Course, { sid, application }: ServerEnd): void {
  if (application.received > 0)
    world.violate(
      "each side receives a prefix of what the other sent",
      `${sid} was not the client's, and received`,
    );
  if (!application.isClosed) world.violate("a session whose client went away is closed", sid);
}

/** Nobody is believed to be alive for longer than the heartbeat allows. */
function checkSilence({ world, client }: Course, peer: ServerEnd | undefined): void {
  if (!world.isSilent) return;
  const { pingIntervalMs, pingTimeoutMs } = world.scenario;
  const latestMs = world.lastSignMs + pingIntervalMs + pingTimeoutMs;
  const server = peer?.application.closedMs ?? 0;
  if (server > latestMs)
    world.violate("silence is noticed in time", `the server closed at ${server}, not by ${latestMs}`);
  const own = client.session.handshake === undefined ? 0 : (client.application.closedMs ?? 0);
  if (own > latestMs)
    world.violate("silence is noticed in time", `the client closed at ${own}, not by ${latestMs}`);
}

/** After both have closed, nothing is left. */
export function checkEnd(course: Course): void {
  const { world, client, host, network } = course;
  const left: string[] = [];
  if (!client.application.isClosed) left.push("an open client");
  if (host.sessions.some(({ application }) => !application.isClosed))
    left.push("an open session of the server");
  if (host.clients.size > 0) left.push(`${host.clients.size} clients`);
  if (client.clock.pending > 0) left.push(`${client.clock.pending} timers of the client`);
  if (host.clock.pending > 0) left.push(`${host.clock.pending} timers of the server`);
  if (host.sessions.some(({ session }) => session.waitsIn !== undefined))
    left.push("an entry of a heartbeat queue");
  if (network.calls.some(({ isAwaited }) => isAwaited)) left.push("a request that the client waits for");
  if (network.calls.some(({ isOwed }) => isOwed)) left.push("a request that the server has not answered");
  if (network.sockets.some(({ isHeld }) => isHeld)) left.push("a WebSocket");
  if (left.length > 0) world.violate("nothing is left in the end", left.join(", "));
}
