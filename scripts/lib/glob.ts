const SPECIAL = /[.+^${}()|[\]\\?]/g;

/** A path pattern as a regular expression: `*` is any part of one name, `**` any number of folders. */
export function globToRegExp(glob: string): RegExp {
  const source = glob
    .replace(SPECIAL, "\\$&")
    .replace(
      /\*\*\/|\*\*|\*/g,
      (wildcard) => ({ "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*" })[wildcard] ?? "",
    );
  return new RegExp(`^${source}$`);
}

export const matchesAny = (path: string, globs: readonly string[]): boolean =>
  globs.some((glob) => globToRegExp(glob).test(path));
