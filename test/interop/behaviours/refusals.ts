import { expect } from "chai";
import { next, request, respond } from "../events.ts";
import type { ClientSocket } from "../peers.ts";
import type { Rig } from "../rig.ts";

interface Refusal {
  readonly message: string | undefined;
  readonly data: unknown;
}

/** What the client is told. Clients of generation 2 hand out the packet's data itself, later ones an error. */
async function refusal(rig: Rig, client: ClientSocket): Promise<Refusal> {
  const [told] = await next(client, rig.client.refusalEvent);
  if (told instanceof Error) return { message: told.message, data: (told as { data?: unknown }).data };
  return typeof told === "string" ? { message: told, data: undefined } : { message: undefined, data: told };
}

export async function refused(rig: Rig): Promise<void> {
  for (const namespace of ["/", "/admin"])
    rig.io.of(namespace).use((_socket, proceed) => proceed(new Error("not with this token")));
  const sockets: unknown[] = [];
  rig.io.of("/").on("connection", (socket) => sockets.push(socket));
  for (const namespace of ["/", "/admin"]) {
    const client = rig.open(namespace);
    const { message } = await refusal(rig, client);
    expect(message).to.equal("not with this token");
    expect(client.connected).to.equal(false);
  }
  expect(sockets).to.deep.equal([]);
}

export async function refusedWithData(rig: Rig): Promise<void> {
  rig.io.of("/admin").use((_socket, proceed) => {
    proceed(Object.assign(new Error("not you"), { data: { code: 42, hint: "é" } }));
  });
  const { client: other, socket } = await rig.connect("/chat", { forceNew: false });
  const client = rig.open("/admin", { forceNew: false });
  const { message, data } = await refusal(rig, client);
  expect(data).to.deep.equal({ code: 42, hint: "é" });
  // Revision 4 carries either the message or the data.
  if (!rig.speaksRevision4) expect(message).to.equal("not you");

  respond(socket, "still", () => ["here"]);
  expect(await request(other, "still"), "the connection goes on").to.deep.equal(["here"]);
}

export async function unknownNamespace(rig: Rig): Promise<void> {
  const client = rig.open("/nowhere");
  const told = await refusal(rig, client);
  if (rig.client.generation === 2 && rig.server.tellsGeneration2ByObject === true)
    expect(told.data).to.deep.equal({ message: "Invalid namespace" });
  else expect(told).to.deep.equal({ message: "Invalid namespace", data: undefined });
  expect(client.connected).to.equal(false);
}
