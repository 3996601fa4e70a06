import { validateHeaderName, validateHeaderValue } from "node:http";

/** Says what is wrong with an option of further headers ("must …"), or gives `undefined`. */
export function headerFaults(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return "must be an object of names and values";
  const faulty = Object.entries(value).filter(([name, given]) => !isHeaderName(name) || !isHeader(given));
  if (faulty.length === 0) return undefined;
  return `must have valid names and values (see ${faulty.map(([name]) => JSON.stringify(name.slice(0, 80))).join(", ")})`;
}

/** `undefined` is a header left out. */
function isHeader(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isHeaderValue);
  return value === undefined || isHeaderValue(value);
}

function isHeaderName(name: string): boolean {
  return accepts(() => validateHeaderName(name));
}

export function isHeaderValue(value: unknown): boolean {
  if (typeof value !== "string" && typeof value !== "number") return false;
  return accepts(() => validateHeaderValue("x", String(value)));
}

/** Node tells by an exception. */
function accepts(validate: () => void): boolean {
  try {
    validate();
    return true;
  } catch {
    return false;
  }
}
