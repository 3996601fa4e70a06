import { isPort } from "./app.ts";

/** Where the environment says to listen. @throws {Error} with one line for the terminal. */
export function readAddress({ PORT = "3000", HOST }: NodeJS.ProcessEnv): { port: number; host?: string } {
  if (!/^\d{1,5}$/.test(PORT) || !isPort(Number(PORT)))
    throw new Error(`PORT must be a whole number from 0 to 65535, not ${JSON.stringify(PORT)}.`);
  return { port: Number(PORT), ...(HOST === undefined ? {} : { host: HOST }) };
}

/** One line for what can go wrong with a port; a stack only for what nobody foresaw. */
export function explain(error: unknown, { port, host }: { port: number; host?: string }): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE")
    return `Port ${port} is in use: stop what listens there, or choose another with PORT.`;
  if (code === "EACCES") return `Port ${port} needs more rights: choose one above 1023 with PORT.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return `There is no address ${host} on this machine: correct HOST.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
