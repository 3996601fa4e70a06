import * as towline from "@towline/socket.io-adapter";
import * as reference from "reference-socket.io-adapter";
import { type FakeNamespace, LegacyNamespace, PortNamespace } from "./fake-namespace.ts";

/** What of the package the common behaviours use. */
export type Library = Pick<
  typeof reference,
  "Adapter" | "SessionAwareAdapter" | "ClusterAdapter" | "ClusterAdapterWithHeartbeat" | "MessageType"
>;

export const REFERENCE: Library = reference;
export const OURS = towline as unknown as Library;

export interface Variant {
  readonly title: string;
  readonly library: Library;
  readonly isOurs: boolean;
  makeNamespace(): FakeNamespace;
}

/** The reference, and our package both ways in which it reaches sockets. */
export const VARIANTS: readonly Variant[] = [
  {
    title: "socket.io-adapter 2.5.8",
    library: REFERENCE,
    isOurs: false,
    makeNamespace: () => new LegacyNamespace(),
  },
  {
    title: "Towline, with a namespace of the reference",
    library: OURS,
    isOurs: true,
    makeNamespace: () => new LegacyNamespace(),
  },
  {
    title: "Towline, with a namespace of its own",
    library: OURS,
    isOurs: true,
    makeNamespace: () => new PortNamespace(),
  },
];
