import { runCommandLine, UserError } from "./lib/command-line.ts";
import { SUITES, type Suite, type SuiteContext } from "./lib/suites.ts";
import { add, NOTHING_RAN, ONE_FAILED, summary, type Tally } from "./lib/tally.ts";
import { ROOT } from "./lib/workspace.ts";

const HELP = `
Runs the checks and tests, all of them or the suites that are named.

  npm test                                 everything
  npm test -- unit                         one suite
  npm test -- interop --grep "acks both"   the tests whose title matches

Suites, in order
${SUITES.map(({ name, title }) => `  ${name.padEnd(12)} ${title}`).join("\n")}

Options
  --grep PATTERN  only tests whose full title matches; checks without tests are left out

The last line is "N passed, N failed, N skipped" over all suites. A check counts as one test, and so does a fault of a
suite as a whole: no test in it, a crash, something left open. The exit code is 1 when anything failed.
`;

await runCommandLine(
  { help: HELP, options: { grep: { type: "string" } }, positionals: true },
  async ({ values: { grep }, positionals }) => {
    let total = NOTHING_RAN;
    for (const suite of chooseSuites(positionals, grep))
      total = add(total, await runSuite(suite, { root: ROOT, grep }));
    console.log(`\n${summary(total)}`);
    return total.failed > 0 ? 1 : 0;
  },
);

function chooseSuites(names: readonly string[], grep: string | undefined): readonly Suite[] {
  const unknown = names.find((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown !== undefined)
    throw new UserError(`no suite "${unknown}"; there are ${SUITES.map(({ name }) => name).join(", ")}`);
  return SUITES.filter(({ name, hasTests }) =>
    names.length > 0 ? names.includes(name) : grep === undefined || hasTests,
  );
}

async function runSuite(suite: Suite, context: SuiteContext): Promise<Tally> {
  const startedMs = performance.now();
  console.log(`\n── ${suite.title} (${suite.name})`);
  const tally = await suite.run(context).catch((error: unknown) => {
    console.log(`  ✗ ${error instanceof UserError ? error.message : ((error as Error).stack ?? error)}`);
    return ONE_FAILED;
  });
  console.log(`   ${summary(tally)} in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  return tally;
}
