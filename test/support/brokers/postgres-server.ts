import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Broker, makeFolder, startBroker } from "./broker.ts";
import { findPostgres } from "./find-program.ts";
import { freePort } from "./free-port.ts";
import type { Program } from "./kept-process.ts";

const run = promisify(execFile);

/** Starts a Postgres of our own on a free port, with an empty database. */
export async function startPostgres(): Promise<Broker> {
  const command = findPostgres();
  const owner = unprivilegedOwner();
  const folder = makeFolder("postgres", owner);
  const data = join(folder, "data");
  await run(
    join(dirname(command), "initdb"),
    ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
    { cwd: folder, ...owner },
  );
  const port = await freePort();
  return startBroker({
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    command,
    args: [
      ...["-D", data],
      ...["-h", "127.0.0.1"],
      ...["-p", String(port)],
      // No socket in the file system.
      ...["-k", ""],
      ...["-c", "fsync=off"],
      ...["-c", "shared_buffers=16MB"],
    ],
    folder,
    owner,
    ready: /ready to accept connections/,
    stopSignal: "SIGQUIT",
  });
}

/** Postgres refuses to run as root. */
function unprivilegedOwner(): Program["owner"] {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const wanted of ["postgres", "nobody"])
    for (const [name, , uid, gid] of users)
      if (name === wanted) return { uid: Number(uid), gid: Number(gid) };
  throw new Error("Postgres does not run as root, and there is no user `postgres` or `nobody` to run it as.");
}
