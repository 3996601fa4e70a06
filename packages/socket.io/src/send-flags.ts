import type { SendOptions } from "@towline/engine.io";

/** How a packet is sent. */
export interface SendFlags {
  /** It may be lost when the client is not ready to receive. */
  readonly volatile?: boolean | undefined;
  /** Whether it may be compressed. Defaults to true. */
  readonly compress?: boolean | undefined;
}

const DO_NOT_COMPRESS: SendOptions = Object.freeze({ compress: false });

export const sendOptions = ({ compress }: SendFlags): SendOptions | undefined =>
  compress === false ? DO_NOT_COMPRESS : undefined;
