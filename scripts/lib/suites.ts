import { checkLayers } from "./check-layers.ts";
import { UserError } from "./command-line.ts";
import { runMocha } from "./run-mocha.ts";
import { programPath, runNode } from "./run-process.ts";
import { ONE_FAILED, ONE_PASSED, type Tally } from "./tally.ts";
import { listTestFiles } from "./test-files.ts";

export interface SuiteContext {
  readonly root: string;
  readonly grep: string | undefined;
}

export interface Suite {
  readonly name: string;
  readonly title: string;
  /** Made of mocha tests, so that `--grep` can choose among them. */
  readonly hasTests: boolean;
  run(context: SuiteContext): Promise<Tally>;
}

const BUILD = ["--import", "tsx", "scripts/build.ts"];
const SOURCE = ["--conditions=towline-source", "--import", "tsx"];

/** Many and slow beside unit tests: each opens connections of its own. */
const WIRE_TESTS = "packages/websocket/test/conformance";

/** Everything that `npm test` runs, in this order: what fails soonest and cheapest comes first. */
export const SUITES: readonly Suite[] = [
  check("format", "Formatting and lint", ({ root }) =>
    runs(root, [programPath("@biomejs/biome", "biome"), "check", "."]),
  ),
  check("types", "Type check", ({ root }) => runs(root, [programPath("typescript", "tsc"), "-b"])),
  check("layers", "Layers", async ({ root }) => layersHold(root)),
  check("docs", "State diagrams and option tables in the documents", ({ root }) =>
    runs(root, [...SOURCE, "scripts/docs.ts"]),
  ),
  check("conformance", "What the WebSocket RFCs require, and the tests that show it", ({ root }) =>
    runs(root, [...SOURCE, "scripts/conformance.ts"]),
  ),
  tests("unit", "Unit tests", ["packages/*/test", "examples/*/test"], { except: [WIRE_TESTS] }),
  tests("wire", "WebSocket on the wire: conformance of both roles, over TCP", [WIRE_TESTS]),
  tests("simulation", "The upgrade, simulated", ["test/simulation"]),
  tests("tools", "Tests of what builds, tests and measures", ["bench/test", "scripts/test", "test/support"]),
  tests("artefacts", "Built packages", ["test/artefacts"], {
    before: ({ root }) => prepare(root, [...BUILD, "--quiet"], "the build failed"),
  }),
  tests("interop", "Interoperation with the reference packages", ["test/interop"], { before: buildBundles }),
  tests("cluster", "Clusters of three nodes, on a real Redis and a real Postgres", ["test/cluster"], {
    before: async ({ root }) => {
      await prepare(root, [...BUILD, "--quiet"], "the build failed");
      await prepare(
        root,
        ["--import", "tsx", "test/support/brokers/ensure-brokers.ts"],
        "no brokers to test on",
      );
    },
  }),
  tests("browser", "Browser", ["test/browser"], {
    before: async (context) => {
      await buildBundles(context);
      const { root } = context;
      // Found, or installed, before mocha's timeouts begin to run.
      await prepare(root, ["--import", "tsx", "test/support/ensure-browser.ts"], "no browser to test in");
    },
  }),
];

function check(name: string, title: string, holds: (context: SuiteContext) => Promise<boolean>): Suite {
  return {
    name,
    title,
    hasTests: false,
    run: async (context) => ((await holds(context)) ? ONE_PASSED : ONE_FAILED),
  };
}

function tests(
  name: string,
  title: string,
  folders: readonly string[],
  { before, except }: { before?(context: SuiteContext): Promise<void>; except?: readonly string[] } = {},
): Suite {
  return {
    name,
    title,
    hasTests: true,
    run: async (context) => {
      await before?.(context);
      const { root, grep } = context;
      return runMocha({ root, grep, files: listTestFiles(root, folders, except) });
    },
  };
}

function buildBundles({ root }: SuiteContext): Promise<void> {
  return prepare(root, [...BUILD, "--only", "bundles", "--quiet"], "the browser bundles could not be built");
}

const runs = async (cwd: string, args: readonly string[]): Promise<boolean> =>
  (await runNode(args, cwd)) === 0;

async function prepare(root: string, args: readonly string[], fault: string): Promise<void> {
  if (!(await runs(root, args))) throw new UserError(fault);
}

function layersHold(root: string): boolean {
  const violations = checkLayers(root);
  for (const violation of violations) console.log(`  ${violation}`);
  return violations.length === 0;
}
