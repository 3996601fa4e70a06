/** How many timers run in this process. A test compares two moments, since the test runner has its own. */
export const runningTimers = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
