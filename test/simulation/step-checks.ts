import type { Course } from "./course.ts";
import { BETWEEN } from "./server-end.ts";

/** The states in which the client sends. */
const SENDING: ReadonlySet<string> = new Set(["open", "probing", "upgraded", "closing"]);

/** What holds after each step. Messages are checked as they come, in `application.ts`, and states as they move. */
export function checkStep(course: Course): void {
  course.client.observe();
  checkTransports(course);
  checkQueues(course);
  checkCandidates(course);
  checkTimers(course);
}

function checkTransports({ world, client, host }: Course): void {
  const violate = (end: string, name: string) =>
    world.violate("an upgraded session is on its new transport", `the ${end} is on ${name}`);
  const { state, transport } = client.session;
  if (state === "upgraded" && transport.name !== "websocket") violate("client", transport.name);
  for (const { session } of host.clients.values())
    if (session.state === "upgraded" && session.transport.name !== "websocket")
      violate("server", session.transport.name);
}

/** Nothing waits that could go. */
function checkQueues({ world, client, host }: Course): void {
  const violate = (end: string, count: number) =>
    world.violate("nothing waits that could go", `${count} packets at the ${end}`);
  const { state, transport, queued } = client.session;
  // What has yet to give up its bytes keeps back what comes behind it.
  const isIdle = SENDING.has(state) && transport.writable && world.scenario.lateData === 0;
  if (isIdle && queued.length > 0) violate("client", queued.length);
  for (const { session } of host.clients.values())
    if (session.queued.length > 0 && session.transport.writable) violate("server", session.queued.length);
}

/** Nobody waits for an upgrade to a WebSocket that it knows to be gone. */
function checkCandidates({ world, client, host, network }: Course): void {
  const violate = (end: string, state: string) =>
    world.violate("an upgrade ends with its WebSocket", `the ${end} is ${state}`);
  const candidate = network.sockets.at(-1);
  const isClients = client.state === "probing" || client.state === "pausing";
  if (isClients && candidate?.isClosedAt("client")) violate("client", client.state);
  for (const { state } of host.clients.values())
    if (BETWEEN.has(state) && candidate?.isClosedAt("server")) violate("server", state);
}

/** Once all sessions are closed, the server waits for nothing but a client that was between two transports. */
function checkTimers({ world, host, network }: Course): void {
  const { clock, clients, sessions } = host;
  if (clients.size > 0 || clock.pending === 0) return;
  const wereBetween = sessions.filter(({ endedIn }) => endedIn === "upgrading" || endedIn === "settling");
  const known = network.sockets.filter(({ isKnownToServer }) => isKnownToServer);
  if (clock.pending > Math.min(wereBetween.length, known.length))
    world.violate("a closed session leaves no timer", `the server has ${clock.pending}`);
}
