import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** All that the search needs to know of the machine it is on. Tests hand in one of their own. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** May install Debian packages. */
  readonly isDebianRoot: boolean;
  /** Whether a program at this path is there and starts. */
  starts(path: string): boolean;
  /** The names in a folder; none when there is no such folder. */
  list(folder: string): readonly string[];
  /** Runs an installer, showing what it says. Gives whether it succeeded. */
  install(command: string, args: readonly string[]): boolean;
  say(line: string): void;
}

interface Program {
  readonly name: string;
  /** What has to be in the same folder. */
  readonly companions: readonly string[];
  /** What Debian and Ubuntu call the package. */
  readonly debianPackage: string;
  /** Folders to look into beside those of PATH. */
  folders(machine: Machine): readonly string[];
}

const USUAL_FOLDERS = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];
const POSTGRES_VERSIONS = "/usr/lib/postgresql";

const REDIS: Program = {
  name: "redis-server",
  companions: [],
  debianPackage: "redis-server",
  folders: () => USUAL_FOLDERS,
};

const POSTGRES: Program = {
  name: "postgres",
  companions: ["initdb"],
  debianPackage: "postgresql",
  // Debian keeps the server of each version out of PATH: the newest first.
  folders: (machine) => [
    ...[...machine.list(POSTGRES_VERSIONS)]
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(POSTGRES_VERSIONS, version, "bin")),
    ...USUAL_FOLDERS,
  ],
};

/** Finds `redis-server`, and installs it when there is none. @throws {Error} with one line that says what to install. */
export const findRedis = (machine: Machine = thisMachine()): string => find(REDIS, machine);

/** The same for `postgres`, which has `initdb` beside it. */
export const findPostgres = (machine: Machine = thisMachine()): string => find(POSTGRES, machine);

function find(program: Program, machine: Machine): string {
  const { name, debianPackage } = program;
  const present = installed(program, machine);
  if (present !== undefined) return present;
  if (machine.isDebianRoot) {
    machine.say(`No ${name} here: installing Debian's ${debianPackage} …`);
    const path =
      machine.install("apt-get", ["update"]) &&
      machine.install("apt-get", ["install", "-y", "--no-install-recommends", debianPackage])
        ? installed(program, machine)
        : undefined;
    if (path !== undefined) return path;
  }
  throw new Error(
    `The cluster tests need ${name}, and it could not be installed: install it (on Debian \`apt-get install ${debianPackage}\`) or put it on PATH.`,
  );
}

function installed({ name, companions, folders }: Program, machine: Machine): string | undefined {
  const searchPath = (machine.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const folder = [...searchPath, ...folders(machine)].find((folder) =>
    [name, ...companions].every((program) => machine.starts(join(folder, program))),
  );
  return folder === undefined ? undefined : join(folder, name);
}

const INSTALL_LIMIT_MS = 10 * 60_000;
const START_LIMIT_MS = 20_000;

function thisMachine(): Machine {
  const { env } = process;
  return {
    env,
    isDebianRoot: process.getuid?.() === 0 && existsSync("/etc/debian_version"),
    starts: (path) =>
      existsSync(path) &&
      spawnSync(path, ["--version"], { stdio: "ignore", timeout: START_LIMIT_MS }).status === 0,
    list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
    install: (command, args) =>
      spawnSync(command, args, {
        stdio: ["ignore", process.stderr, process.stderr],
        // At run level 1 the package does not start a service of its own: only the program is wanted.
        env: { ...env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
        timeout: INSTALL_LIMIT_MS,
      }).status === 0,
    say: (line) => console.error(line),
  };
}
