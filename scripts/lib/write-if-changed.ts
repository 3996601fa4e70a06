import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a build output, whole or not at all: a server that reads it meanwhile never sees half a file. An unchanged
 * output keeps its time, so nothing that depends on it is built or compressed again.
 *
 * @returns whether the file changed.
 */
export function writeIfChanged(path: string, contents: string | Uint8Array): boolean {
  const bytes = Buffer.from(contents);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return false;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, path);
  return true;
}
