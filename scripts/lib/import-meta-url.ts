import { pathToFileURL } from "node:url";

/** A bundler that makes an ES module of an application may leave `__filename` undefined: it is missed when it is needed. */
const urlOfThisFile = (): string => (typeof __filename === "string" ? pathToFileURL(__filename).href : "");

/** Stands for `import.meta.url` in the CommonJS builds; esbuild leaves it out where nothing uses it. */
export const importMetaUrl = /* @__PURE__ */ urlOfThisFile();
