import { isPort, startChat } from "./app.ts";

/** What `npm start` runs. `PORT` and `HOST` in the environment say where to listen. */

const { PORT = "3000", HOST } = process.env;

function fail(line: string): never {
  console.error(line);
  process.exit(1);
}

/** One line for what can go wrong with a port; a stack only for what nobody foresaw. */
function explain(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE")
    return `Port ${PORT} is in use: stop what listens there, or choose another with PORT.`;
  if (code === "EACCES") return `Port ${PORT} needs more rights: choose one above 1023 with PORT.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return `There is no address ${HOST} on this machine: correct HOST.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

if (!/^\d{1,5}$/.test(PORT) || !isPort(Number(PORT)))
  fail(`PORT must be a whole number from 0 to 65535, not ${JSON.stringify(PORT)}.`);

const chat = await startChat({ port: Number(PORT), host: HOST }).catch((error: unknown) =>
  fail(explain(error)),
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void chat.close());
console.log(`Towline chat on ${chat.url}`);
