/** Finds or installs the browser for the tests and prints its path, or one line that says what to install. */
import { findBrowser } from "./find-browser.ts";

try {
  console.log(await findBrowser());
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
