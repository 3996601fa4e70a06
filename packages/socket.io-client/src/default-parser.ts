import type { Parser } from "./codec.ts";

/** The parser of Managers that are given none: `undefined` is Socket.IO's own. The msgpack bundle has another module here. */
export const defaultParser: Parser | undefined = undefined;
