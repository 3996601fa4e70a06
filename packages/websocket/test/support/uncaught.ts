/** The error that a listener throws into the event loop; the test runner does not hear of it. */
export function nextUncaught(): Promise<Error> {
  return new Promise((resolve) => {
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", (error) => {
      for (const other of others) process.on("uncaughtException", other);
      resolve(error);
    });
  });
}
