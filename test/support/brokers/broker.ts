import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KeptProcess, type Program, startKept } from "./kept-process.ts";

/** A server that carries messages between nodes, in a temporary folder. */
export interface Broker {
  readonly url: string;
  /** Ends it as a crash would. */
  stop(): Promise<void>;
  /** Starts it again, at the same address. */
  start(): Promise<void>;
  /** Ends it and takes its folder away. */
  close(): Promise<void>;
}

export interface BrokerProgram extends Program {
  readonly url: string;
  /** What it prints once it is ready. */
  readonly ready: RegExp;
}

export async function startBroker({ url, ready, ...program }: BrokerProgram): Promise<Broker> {
  let running: KeptProcess | undefined;
  const start = async () => {
    running ??= await startKept(program, ready);
  };
  const stop = async () => {
    const stopping = running;
    running = undefined;
    await stopping?.stop();
  };
  await start().catch((error: unknown) => {
    rmSync(program.folder, { recursive: true, force: true });
    throw error;
  });
  return {
    url,
    start,
    stop,
    close: async () => {
      await stop();
      rmSync(program.folder, { recursive: true, force: true });
    },
  };
}

/** A new temporary folder, which belongs to `owner` when that is given. */
export function makeFolder(name: string, owner?: Program["owner"]): string {
  const folder = mkdtempSync(join(tmpdir(), `towline-${name}-`));
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  return folder;
}
