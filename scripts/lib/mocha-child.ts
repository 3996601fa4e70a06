/** The program that `run-mocha.ts` forks: runs the test files it is given and then ends by itself, or shows that it cannot. */
import Mocha from "mocha";
import { SuiteLineReporter } from "./mocha-reporter.ts";

const { files, grep } = JSON.parse(process.argv[2] ?? "{}") as {
  readonly files: readonly string[];
  readonly grep?: string;
};

const mocha = new Mocha({
  reporter: SuiteLineReporter,
  timeout: 10_000,
  forbidOnly: true,
  ...(grep === undefined ? {} : { grep }),
});
for (const file of files) mocha.addFile(file);
await mocha.loadFilesAsync();
mocha.run((failures) => {
  process.exitCode = failures > 0 ? 1 : 0;
});
