/** Our packages as npm would publish them, installed by npm in the place of the reference's. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { builtPackages, PACKAGES_FOLDER } from "../support/built-packages.ts";

interface Manifest {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 90_000;

const REPOSITORY = resolve(PACKAGES_FOLDER, "..");

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/**
 * Packs what is built into a project, and installs it there.
 *
 * @param wanted packages beside ours, in the versions of the repository.
 * @param overridden names of the reference's packages whose place ours take, in whatever depends on them.
 * @throws {Error} one line that says what failed, when npm cannot install.
 */
export async function installOverridden(
  projectPath: string,
  wanted: readonly string[],
  overridden: readonly string[],
): Promise<void> {
  const tarballs = await packInto(projectPath);
  const { devDependencies } = readManifest(REPOSITORY);
  const ours = (name: string) => tarballs.get(`@towline/${name}`);
  const manifest = {
    private: true,
    dependencies: {
      ...Object.fromEntries(wanted.map((name) => [name, devDependencies[name]])),
      ...Object.fromEntries(overridden.map((name) => [name, ours(name)])),
    },
    overrides: {
      ...Object.fromEntries(overridden.map((name) => [name, `$${name}`])),
      // Once they are published, they find one another by their versions.
      ...Object.fromEntries(tarballs),
    },
  };
  writeFileSync(join(projectPath, "package.json"), JSON.stringify(manifest, undefined, 2));
  await npm(projectPath, [
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
  ]);
}

/** @returns what a manifest says of each tarball, by the package's name. */
async function packInto(projectPath: string): Promise<ReadonlyMap<string, string>> {
  mkdirSync(join(projectPath, "tarballs"));
  const names = builtPackages();
  const folders = names.map((name) => join(PACKAGES_FOLDER, basename(name)));
  await npm(projectPath, ["pack", "--ignore-scripts", "--pack-destination", "tarballs", ...folders]);
  return new Map(
    names.map((name, index) => {
      const { version } = readManifest(folders[index] ?? "");
      return [name, `file:tarballs/${name.replace("@", "").replace("/", "-")}-${version}.tgz`];
    }),
  );
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  // What npm tells the scripts it runs would bring this one back to the repository.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$|^INIT_CWD$/i.test(name)),
  );
  try {
    await promisify(execFile)("npm", args, { cwd, env, timeout: TIMEOUT_MS });
  } catch (error) {
    const { killed, stderr } = error as { readonly killed?: boolean; readonly stderr?: string };
    const [line] = stderr?.match(/^npm error (?!code).*$/m) ?? [error];
    const reason = killed === true ? `not done after ${TIMEOUT_MS / 1000} s` : line;
    throw new Error(
      `npm ${args[0]} failed (it needs the npm registry, or what it wants in its cache): ${reason}`,
    );
  }
}
