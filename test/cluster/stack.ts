/** A project in which somebody has installed the official adapters beside a Socket.IO server. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";
import { PACKAGES_FOLDER } from "../support/built-packages.ts";

const MODULES = resolve(PACKAGES_FOLDER, "../node_modules");

/** Copied, so that what they require is looked up in the project, as npm's `overrides` would have it. */
const ADAPTERS = [
  "@socket.io/cluster-adapter",
  "@socket.io/postgres-adapter",
  "@socket.io/redis-adapter",
  "@socket.io/redis-emitter",
  "@socket.io/redis-streams-adapter",
  "@socket.io/sticky",
];
const OTHERS = ["@msgpack/msgpack", "debug", "ioredis", "ms", "notepack.io", "pg", "redis", "uid2"];

const ours = (name: string): string => join(PACKAGES_FOLDER, name);
const official = (name: string): string => join(MODULES, name);

const STACKS = {
  ours: {
    "socket.io": ours("socket.io"),
    "socket.io-adapter": ours("socket.io-adapter"),
    "socket.io-parser": ours("socket.io-parser"),
  },
  /** Somebody who has not overridden what the adapters extend and encode with. */
  "ours under official adapters as they are": {
    "socket.io": ours("socket.io"),
    "socket.io-adapter": official("reference-socket.io-adapter"),
    "socket.io-parser": official("reference-socket.io-parser"),
  },
  // Its adapter is the one that it finds itself.
  reference: {
    "socket.io": official("reference-socket.io"),
    "socket.io-adapter": official("socket.io-adapter"),
    "socket.io-parser": official("socket.io-parser"),
  },
} as const;

export type StackName = keyof typeof STACKS;

/** `SERVER=reference` runs the suite on `socket.io` itself, to see that the suite is right. */
export const chosenStack = (): StackName => (process.env.SERVER === "reference" ? "reference" : "ours");

/** What a stack's `ClusterAdapter` does while it waits for its broker. */
export const whileBrokerIsAway = (stack: StackName) => (stack === "ours" ? "served" : "kept waiting");

export interface Project {
  readonly path: string;
  remove(): void;
}

const PROGRAMS = ["main", "worker", "emitter"] as const;
export type ProgramName = (typeof PROGRAMS)[number];

export async function makeProject(stack: StackName): Promise<Project> {
  const path = mkdtempSync(join(tmpdir(), "towline-cluster-"));
  const modules = join(path, "node_modules");
  const place = (name: string) => {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    return join(modules, name);
  };
  for (const name of ADAPTERS) cpSync(official(name), place(name), { recursive: true });
  for (const name of OTHERS) symlinkSync(official(name), place(name), "dir");
  for (const [name, folder] of Object.entries(STACKS[stack])) symlinkSync(folder, place(name), "dir");
  await build({
    entryPoints: PROGRAMS.map((name) => join(import.meta.dirname, "node", `${name}.ts`)),
    outdir: path,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "silent",
  });
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
