/**
 * The environment of a server process, made from ours.
 *
 * `ws` looks for native helpers, which come with some packages that have nothing to do with it; whether they happen to
 * be there must not decide what the reference costs. It is measured as npm installs it: without.
 */
export function serverEnvironment({ DEBUG: _, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, NODE_ENV: "production", WS_NO_BUFFER_UTIL: "1", WS_NO_UTF_8_VALIDATE: "1" };
}
