/** Other networks, TLS, cookies, and crowds. */
import { expect } from "chai";
import { TLS_CERT } from "../../../packages/websocket/test/support/tls.ts";
import { Inbox, next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { expectMessages } from "./echo.ts";
import type { Options } from "./peers.ts";

const MODES: readonly Options[] = [{ transports: ["polling"] }, { transports: ["websocket"] }, {}];
const named = ({ transports = ["polling → websocket"] }: Options): string => String(transports);

const COOKIES: readonly (readonly [cookie: unknown, line: (id: string) => string])[] = [
  [true, (id) => `io=${id}; Path=/; HttpOnly; SameSite=Lax`],
  [
    { name: "session", path: "/engine.io/", httpOnly: false, sameSite: "strict", maxAge: 60 },
    (id) => `session=${id}; Max-Age=60; Path=/engine.io/; SameSite=Strict`,
  ],
];

const CROWD = 200;
const ROUNDS = 3;

export const NETWORK: readonly Behaviour[] = [
  ...MODES.flatMap((mode): readonly Behaviour[] => [
    {
      title: `IPv6 over ${named(mode)}`,
      options: { host: "::1" },
      run: async (rig) => {
        const pair = await rig.connect(mode);
        await expectMessages(pair);
        expect(pair.server.remoteAddress).to.equal("::1");
      },
    },
    {
      title: `https over ${named(mode)}`,
      options: { secure: true },
      run: async (rig) => {
        const pair = await rig.connect({ ...mode, ca: TLS_CERT });
        await expectMessages(pair);
        expect(pair.server.request.socket).to.have.property("encrypted", true);
      },
    },
    {
      title: `https with a certificate nobody vouches for is not connected to, over ${named(mode)}`,
      options: { secure: true },
      run: async (rig) => {
        const [reason] = await next(rig.open({ ...mode, rejectUnauthorized: true }), "close");
        expect(reason).to.equal("transport error");
        expect(rig.wire.exchanges).to.deep.equal([]);
      },
    },
    {
      title: `${CROWD} clients at a time, thrown out ${ROUNDS} times, over ${named(mode)}`,
      run: async (rig) => {
        for (let round = 0; round < ROUNDS; round++) {
          const pairs = await Promise.all(Array.from({ length: CROWD }, () => rig.connect(mode)));
          expect(rig.engine.clientsCount).to.equal(CROWD);
          expect(new Set(pairs.map(({ server: { id } }) => id)).size).to.equal(CROWD);
          const inboxes = pairs.map(({ client }) => new Inbox(client, "message"));
          for (const { server } of pairs) server.on("message", (data) => server.send(data as string));
          for (const { client } of pairs) client.send(client.id);
          const echoes = await Promise.all(inboxes.map((inbox) => inbox.holding(1)));
          expect(echoes.flat(2)).to.deep.equal(pairs.map(({ client }) => client.id));
          const ends = pairs.map(({ client }) => next(client, "close"));
          for (const { server } of pairs) server.close();
          for (const [reason] of await Promise.all(ends)) expect(reason).to.equal("transport close");
          expect(rig.engine.clientsCount).to.equal(0);
        }
      },
    },
  ]),
  ...COOKIES.map(
    ([cookie, line]): Behaviour => ({
      title: `cookie ${JSON.stringify(cookie)}, set by the handshake alone`,
      options: { server: { cookie } },
      run: async (rig) => {
        const pair = await rig.connect({ transports: ["polling"] });
        await expectMessages(pair);
        const set = rig.wire.exchanges.flatMap(({ response }) => response?.getHeader("set-cookie") ?? []);
        expect(set).to.deep.equal([line(pair.client.id)]);
      },
    }),
  ),
  {
    title: "withCredentials: the cookie comes back with every request, the upgrade among them",
    revision: 4,
    options: { server: { cookie: true } },
    run: async (rig) => {
      const { client } = await rig.connect({ withCredentials: true });
      const [opened, ...later] = rig.wire.exchanges;
      expect(opened?.headers.cookie).to.equal(undefined);
      expect(later.some(({ isUpgrade }) => isUpgrade)).to.equal(true);
      for (const { headers } of later) expect(headers.cookie).to.equal(`io=${client.id}`);
    },
  },
];
