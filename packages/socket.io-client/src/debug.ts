/** Tracing by `DEBUG=socket.io-client*`, in Node. */
export { default as createDebug } from "debug";
