import { next } from "../events.ts";
import type { EngineRequest } from "./peers.ts";
import type { Rig } from "./rig.ts";

/** What a server says of a request that it refused. */
interface ConnectionError {
  readonly req: EngineRequest;
  readonly code: number;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** The body of a refusal. */
export const json = (code: number, message: string) => JSON.stringify({ code, message });

/** What the server says of the request that `cause` makes. */
export async function connectionError(rig: Rig, cause: () => unknown): Promise<ConnectionError> {
  const failed = next(rig.engine, "connection_error");
  cause();
  return (await failed)[0] as ConnectionError;
}
