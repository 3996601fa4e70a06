/** What two of three differences look like. A script ends with an echo, which shows whether its client is still there. */
import type { Difference } from "../step.ts";

type Lines = Pick<Difference, "reference" | "ours">;

const isOfClient = (line: string): boolean => line.startsWith("a: ");

/** The transcript of a client that is still there, with what else was heard. */
const alive = (heard: readonly string[]): readonly string[] => [
  ...heard.filter(isOfClient),
  'a: 3999["alive"]',
  "a: open",
  ...heard.filter((line) => !isOfClient(line)),
  'server: / event ["echo","alive",answer()]',
];

const ended = (reason: string, namespaces: readonly string[]): readonly string[] => [
  "a: closed",
  ...namespaces.flatMap((name) => [
    `server: ${name} disconnecting "${reason}"`,
    `server: ${name} disconnect "${reason}"`,
  ]),
];

/** The reference takes the packet; ours ends the connection, and so the sockets in these namespaces. */
export const taken = (namespaces: readonly string[], ...heard: readonly string[]): Lines => ({
  reference: alive(heard),
  ours: ended("parse error", namespaces),
});

/** The reference ends the connection; ours lets it be. */
export const letBe = (namespaces: readonly string[], ...heard: readonly string[]): Lines => ({
  reference: ended("forced close", namespaces),
  ours: alive(heard),
});
