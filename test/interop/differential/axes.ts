/** What the matrices of the corpus are made of. */

export const REVISIONS = [
  "EIO=4",
  "EIO=3",
  "EIO=2",
  "EIO=5",
  "EIO=abc",
  "EIO=",
  "",
  "EIO=4&EIO=3",
  "EIO=3&EIO=4",
];

export const METHODS = ["POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"];

/** A query of those parts that are not empty. */
export const join = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join("&");
