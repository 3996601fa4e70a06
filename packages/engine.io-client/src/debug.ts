/** Tracing by `DEBUG=engine.io-client*`, in Node. */
export { default as createDebug } from "debug";
