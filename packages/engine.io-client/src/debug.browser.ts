/** Browsers carry no tracing: `?.` skips each call, and the bundle is the smaller for it. */
export const createDebug = (
  _namespace: string,
): ((format: string, ...values: unknown[]) => void) | undefined => undefined;
