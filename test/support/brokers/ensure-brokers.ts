/** Finds or installs the brokers for the tests and prints their paths, or one line that says what to install. */
import { findPostgres, findRedis } from "./find-program.ts";

try {
  console.log(findRedis());
  console.log(findPostgres());
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
