/**
 * Runs a program for as long as its own parent lives: the end of the IPC channel, however the parent came to it, ends the
 * program and takes its folder away. Started by kept-process.ts.
 */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import type { Program } from "./kept-process.ts";

const { command, args, folder, owner, stopSignal } = JSON.parse(process.argv[2] ?? "") as Program;
const child = spawn(command, args, { cwd: folder, stdio: "inherit", ...owner });

process.once("message", () => void child.kill(stopSignal));
process.once("disconnect", () => void child.kill(stopSignal));
child.once("error", (error) => {
  console.error(error.message);
  end(1);
});
child.once("exit", (code) => end(code ?? 0));

function end(code: number): void {
  if (!process.connected) rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}
