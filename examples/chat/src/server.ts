import { startChat } from "./app.ts";
import { explain, readAddress } from "./listening.ts";

/** What `npm start` runs. `PORT` and `HOST` in the environment say where to listen. */

function fail(line: string): never {
  console.error(line);
  process.exit(1);
}

function addressOrFail() {
  try {
    return readAddress(process.env);
  } catch (error) {
    return fail((error as Error).message);
  }
}

const address = addressOrFail();
const chat = await startChat(address).catch((error: unknown) => fail(explain(error, address)));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void chat.close());
console.log(`Towline chat on ${chat.url}`);
