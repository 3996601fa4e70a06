/** One small application in two frameworks, in processes of their own, on the reference and on ours. */
import { join } from "node:path";
import { expect } from "chai";
import { OF_ALL } from "./applications/behaviours.ts";
import { makeApplications, type Project, REPOSITORY } from "./applications/project.ts";
import { RunningApp } from "./applications/running-app.ts";
import { Visit } from "./applications/visit.ts";

interface Ground {
  readonly name: string;
  /** What the application finds below these names. */
  readonly packages: Readonly<Record<"socket.io" | "socket.io-adapter", string>>;
  readonly nodeOptions: readonly string[];
  /** The reference keeps a timer of 30 s for a client that was polling. */
  readonly endsByItself: boolean;
}

const GROUNDS: readonly Ground[] = [
  {
    name: "the reference",
    packages: {
      "socket.io": "node_modules/reference-socket.io",
      "socket.io-adapter": "node_modules/reference-socket.io-adapter",
    },
    nodeOptions: [],
    endsByItself: false,
  },
  {
    name: "our server",
    packages: { "socket.io": "packages/socket.io", "socket.io-adapter": "packages/socket.io-adapter" },
    nodeOptions: ["--conditions=towline-source", "--import", import.meta.resolve("tsx")],
    endsByItself: true,
  },
];

for (const { name, packages, nodeOptions, endsByItself } of GROUNDS)
  describe(`applications on ${name}`, function () {
    // Each is a process that loads everything from its sources.
    this.timeout(20_000);
    let project: Project;
    before(() => {
      project = makeApplications();
      for (const framework of ["express", "fastify"])
        project.link(framework, join(REPOSITORY, "node_modules", framework));
      for (const [alias, folder] of Object.entries(packages)) project.link(alias, join(REPOSITORY, folder));
    });
    after(() => project.remove());

    for (const framework of ["express", "fastify"])
      describe(framework, () => {
        let app: RunningApp;
        let visit: Visit;
        before(async () => {
          app = await RunningApp.start(project.path, framework, nodeOptions);
        });
        beforeEach(async () => {
          visit = await Visit.begin(app.url);
        });
        afterEach(() => visit.leave());
        after(() => app.kill());

        for (const { title, show } of OF_ALL) it(title, () => show(visit));

        if (endsByItself)
          it("ends by itself when it has closed the server, clients or no clients", async () => {
            const socket = await visit.connect();
            const left = new Promise((resolve) => socket.once("disconnect", resolve));
            expect(await app.endsByItself()).to.equal(0);
            await left;
          });
      });
  });
