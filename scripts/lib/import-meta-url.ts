import { pathToFileURL } from "node:url";

/** Stands for `import.meta.url` in the CommonJS builds; esbuild leaves it out where nothing uses it. */
export const importMetaUrl = /* @__PURE__ */ pathToFileURL(__filename).href;
