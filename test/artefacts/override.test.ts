/** Applications that know nothing of us, NestJS among them, with our packages in the place of the reference's. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { OF_ALL, OF_NEST } from "../interop/applications/behaviours.ts";
import {
  CODE_FOLDER,
  COMPILER_OPTIONS,
  makeApplications,
  type Project,
  REPOSITORY,
} from "../interop/applications/project.ts";
import { RunningApp } from "../interop/applications/running-app.ts";
import { Visit } from "../interop/applications/visit.ts";
import { installOverridden } from "./npm-project.ts";
import { BUNDLER, faultsOf, NODE16 } from "./written-code.ts";

const WANTED = [
  "@nestjs/common",
  "@nestjs/core",
  "@nestjs/platform-express",
  "@nestjs/platform-socket.io",
  "@nestjs/websockets",
  // Both want the reference as their peer.
  "@socket.io/admin-ui",
  "@socket.io/redis-adapter",
  "@types/express",
  "@types/node",
  "express",
  "fastify",
  "reflect-metadata",
  "rxjs",
];
const OVERRIDDEN = ["socket.io", "socket.io-adapter", "socket.io-parser"];

function itBehaves(framework: string, project: () => Project, endsByItself: boolean): void {
  describe(framework, () => {
    let app: RunningApp;
    let visit: Visit;
    before(async () => {
      app = await RunningApp.start(project().path, framework);
    });
    beforeEach(async () => {
      visit = await Visit.begin(app.url);
    });
    afterEach(() => visit.leave());
    after(() => app.kill());

    const behaviours = framework === "nest" ? [...OF_ALL, ...OF_NEST] : OF_ALL;
    for (const { title, show } of behaviours) it(title, () => show(visit));

    if (endsByItself)
      it("ends by itself when it has closed", async () => {
        expect(await app.endsByItself()).to.equal(0);
      });
  });
}

describe("NestJS with the reference", () => {
  let project: Project;
  before(() => {
    project = makeApplications();
    for (const name of ["@nestjs", "reflect-metadata", "rxjs"])
      project.link(name, join(REPOSITORY, "node_modules", name));
    for (const name of ["socket.io", "socket.io-adapter"])
      project.link(name, join(REPOSITORY, "node_modules", `reference-${name}`));
  });
  after(() => project.remove());

  // It keeps a timer of 30 s for a client that was polling.
  itBehaves("nest", () => project, false);
});

describe("applications with overrides in their package.json", () => {
  let project: Project;
  before(async function () {
    // Packing and installing, from npm's cache or from the registry.
    this.timeout(120_000);
    project = makeApplications();
    await installOverridden(project.path, WANTED, OVERRIDDEN);
  });
  after(() => project.remove());

  it("have no copy of the reference left, wherever it was wanted", () => {
    const found = readdirSync(join(project.path, "node_modules"), { recursive: true, encoding: "utf8" })
      .filter((path) => /(^|[\\/])(socket\.io(-adapter|-parser)?|engine\.io)[\\/]package\.json$/.test(path))
      .map((path) => JSON.parse(readFileSync(join(project.path, "node_modules", path), "utf8")).name);
    expect(found).to.include.members(OVERRIDDEN.map((name) => `@towline/${name}`));
    expect(found.filter((name) => !name.startsWith("@towline/"))).to.deep.equal([]);
  });

  for (const [title, options] of Object.entries({ node16: NODE16, bundler: BUNDLER }))
    it(`compile under ${title}`, function () {
      this.timeout(60_000);
      const only = readdirSync(CODE_FOLDER);
      const { module: _, ...decorators } = COMPILER_OPTIONS;
      expect(
        faultsOf({ title, options: { ...decorators, ...options }, only }, CODE_FOLDER, project.path),
      ).to.equal("");
    });

  for (const framework of ["express", "fastify", "nest"]) itBehaves(framework, () => project, true);
});
