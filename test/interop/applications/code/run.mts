/** Says where the application listens, and closes it when the process is told to end. */
export function run(port: number, close: () => Promise<void>): void {
  process.once("SIGTERM", async () => {
    await close();
    console.log("closed");
  });
  console.log(`listening on ${port}`);
}
