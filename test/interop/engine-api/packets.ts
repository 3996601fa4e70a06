/** Packets as the events of the API show them. */

export const packet = (type: string, data?: unknown, compress = true) => ({
  type,
  options: { compress },
  ...(data === undefined ? {} : { data }),
});

/** Packets by what belongs to the API of them, sockets by that they are sockets. */
export function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) return value;
  if ("transport" in value) return "socket";
  const { type, data, options } = value as Record<string, unknown>;
  return { type, ...(options === undefined ? {} : { options }), ...(data === undefined ? {} : { data }) };
}
