/** Starts the program that it is given, and stays until it is killed: for the tests of kept-process.ts. */
import { type Program, startKept } from "./kept-process.ts";

await startKept(JSON.parse(process.argv[2] ?? "") as Program, /ready/);
