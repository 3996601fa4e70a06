import { type Dialect, tcp } from "../../src/load/dialect.ts";

/** One byte from the server, so that a client knows that it was accepted and not only queued by the kernel. */
export const GREETING = ".";

/** Text without any framing: a request is what came in one read. */
export const greetingDialect: Dialect = {
  ...tcp,
  open: (connection) =>
    connection.read((bytes) => (bytes.length > 0 ? { value: undefined, size: 1 } : undefined)),
  exchange: ({ bytes }) => ({ request: bytes, answer: bytes }),
};
