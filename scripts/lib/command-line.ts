import { type ParseArgsConfig, parseArgs } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** A fault that its message explains in full. Printed as one line, without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";
}

export interface CommandLine<T extends Options> {
  /** What `--help` prints. */
  readonly help: string;
  readonly options: T;
  readonly positionals?: boolean;
}

type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ options: T; allowPositionals: true; strict: true }>
>;

/** Reads the command line, answers `--help`, runs `main` and turns what it gives into the exit code. */
export async function runCommandLine<const T extends Options>(
  { help, options, positionals = false }: CommandLine<T>,
  main: (given: Parsed<T>) => Promise<number>,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    console.log(help.trim());
    return;
  }
  try {
    process.exitCode = await main(readArguments(args, options, positionals));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

function readArguments<const T extends Options>(
  args: string[],
  options: T,
  allowPositionals: boolean,
): Parsed<T> {
  try {
    return parseArgs({ args, options, allowPositionals, strict: true }) as Parsed<T>;
  } catch (error) {
    // The parser's own message goes on with advice about `--`, which means nothing to these scripts.
    const [firstSentence] = String((error as Error).message).split(". ");
    throw new UserError(`${firstSentence}; see --help`, { cause: error });
  }
}
