import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** Bound on any one step, ten times what the slowest takes on a small machine. */
const LIMIT_MS = 10 * 60_000;

/**
 * Runs a Node program to its end, showing what it prints.
 *
 * @returns its exit code; 1 when a signal or the time limit ended it.
 */
export function runNode(args: readonly string[], cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const stdio = ["ignore", "inherit", "inherit"] as const;
    const child = spawn(process.execPath, args, { cwd, stdio: [...stdio], timeout: LIMIT_MS });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/** The file behind `bin` of an installed package, which Node can run on every platform. */
export function programPath(packageName: string, bin: string = packageName): string {
  const manifestPath = require.resolve(`${packageName}/package.json`);
  const manifest = require(manifestPath) as { bin: string | Record<string, string> };
  const path = typeof manifest.bin === "string" ? manifest.bin : manifest.bin[bin];
  if (path === undefined) throw new Error(`${packageName} has no program named ${bin}`);
  return join(dirname(manifestPath), path);
}
