import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { StaticFile } from "./static-files.ts";

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const publicFile = (name: string): Promise<string> => readFile(fromHere(`../public/${name}`), "utf8");

/** The files of the page, by path. Script and style are bundled in memory: there is nothing to build beforehand. */
export async function buildPage(): Promise<ReadonlyMap<string, StaticFile>> {
  const [html, style, icon, script] = await Promise.all([
    publicFile("index.html"),
    bundle("../public/style.css"),
    publicFile("icon.svg"),
    bundle("client/main.ts"),
  ]);
  return new Map<string, StaticFile>([
    ["/", { type: "text/html; charset=utf-8", body: html }],
    ["/style.css", { type: "text/css; charset=utf-8", body: style }],
    ["/icon.svg", { type: "image/svg+xml", body: icon }],
    ["/chat.js", { type: "text/javascript; charset=utf-8", body: script }],
  ]);
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fromHere(entry)],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    conditions: ["towline-source"],
    sourcemap: "inline",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}
