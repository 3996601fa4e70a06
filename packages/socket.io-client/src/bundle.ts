/** What a script tag gets: `io`, with everything else as its properties. */
export { io as default } from "./index.ts";
