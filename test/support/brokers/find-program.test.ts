import { expect } from "chai";
import { findPostgres, findRedis, type Machine } from "./find-program.ts";

/** A machine with the given programs and nothing else, which records what is installed on it. */
function machineWith(programs: readonly string[], more: Partial<Machine> = {}) {
  const present = new Set(programs);
  const commands: string[] = [];
  const machine: Machine = {
    env: { PATH: "/opt/tools:/opt/more" },
    isDebianRoot: false,
    starts: (path) => present.has(path),
    list: () => [],
    install: (command, args) => {
      commands.push([command, ...args].join(" "));
      return true;
    },
    say: () => {},
    ...more,
  };
  return { machine, present, commands };
}

const postgresIn = (folder: string) => [`${folder}/postgres`, `${folder}/initdb`];

describe("broker search", () => {
  it("takes what is on PATH, in its order", () => {
    const { machine, commands } = machineWith(["/usr/bin/redis-server", "/opt/more/redis-server"]);
    expect(findRedis(machine)).to.equal("/opt/more/redis-server");
    expect(commands).to.deep.equal([]);
  });

  it("knows the usual places that PATH leaves out", () => {
    const path = "/opt/homebrew/bin/redis-server";
    expect(findRedis(machineWith([path], { env: {} }).machine)).to.equal(path);
  });

  it("takes the newest of Debian's versions of Postgres, by number", () => {
    const programs = ["9", "15", "16"].flatMap((version) => postgresIn(`/usr/lib/postgresql/${version}/bin`));
    const { machine } = machineWith(programs, { list: () => ["15", "9", "16"] });
    expect(findPostgres(machine)).to.equal("/usr/lib/postgresql/16/bin/postgres");
  });

  it("passes over a postgres that has no initdb beside it", () => {
    const { machine } = machineWith(["/opt/tools/postgres", ...postgresIn("/usr/bin")]);
    expect(findPostgres(machine)).to.equal("/usr/bin/postgres");
  });

  it("installs Debian's package as root on Debian", () => {
    const { machine, present, commands } = machineWith([], {
      isDebianRoot: true,
      install: (command, args) => {
        commands.push([command, ...args].join(" "));
        if (args.includes("redis-server")) present.add("/usr/bin/redis-server");
        return true;
      },
    });
    expect(findRedis(machine)).to.equal("/usr/bin/redis-server");
    expect(commands).to.deep.equal([
      "apt-get update",
      "apt-get install -y --no-install-recommends redis-server",
    ]);
  });

  it("installs nothing where it may not, and says in one line what to install", () => {
    const { machine, commands } = machineWith([]);
    expect(() => findPostgres(machine)).to.throw(
      /^The cluster tests need postgres, .* `apt-get install postgresql`.*PATH\.$/,
    );
    expect(commands).to.deep.equal([]);
  });

  it("says the same when the installer fails", () => {
    const { machine } = machineWith([], { isDebianRoot: true, install: () => false });
    expect(() => findRedis(machine)).to.throw(/^The cluster tests need redis-server, .*PATH\.$/);
  });
});
