const EVENTS = ["uncaughtException", "unhandledRejection"] as const;

export interface ProcessError {
  readonly event: (typeof EVENTS)[number];
  readonly message: string;
}

/** Hears what reaches the process, in the place of whoever listened, while `test` runs. */
export async function hearingProcess(test: (heard: readonly ProcessError[]) => Promise<void>): Promise<void> {
  const heard: ProcessError[] = [];
  const others = EVENTS.map((event) => process.rawListeners(event) as ((error: unknown) => void)[]);
  for (const event of EVENTS) {
    process.removeAllListeners(event);
    process.on(event, (error: unknown) => heard.push({ event, message: (error as Error).message }));
  }
  try {
    await test(heard);
  } finally {
    for (const [index, event] of EVENTS.entries()) {
      process.removeAllListeners(event);
      for (const listener of others[index] ?? []) process.on(event, listener);
    }
  }
}
