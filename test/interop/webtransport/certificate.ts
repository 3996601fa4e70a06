/** A certificate as browsers and QUIC take it by its hash: of an elliptic curve, and valid for two weeks at most. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate. */
  readonly hash: Buffer;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** DER: a tag, the length, the contents. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const contents = Buffer.concat(parts);
  const { length } = contents;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), contents]);
}

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const ECDSA_WITH_SHA256 = sequence(der(0x06, bytes("2a8648ce3d040302")));
const COMMON_NAME = der(0x06, bytes("550403"));
const SUBJECT_ALT_NAME = der(0x06, bytes("551d11"));
const LOCALHOST = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from("localhost")))));

/** `YYMMDDHHMMSSZ` */
const utcTime = (ms: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/\D/g, "")}Z`));

/** Signs itself for localhost and 127.0.0.1 (RFC 5280 §4.1). */
export function makeCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const now = Date.now();
  const names = sequence(der(0x82, Buffer.from("localhost")), der(0x87, Buffer.of(127, 0, 0, 1)));
  const contents = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    ECDSA_WITH_SHA256,
    LOCALHOST,
    sequence(utcTime(now - DAY_MS), utcTime(now + 10 * DAY_MS)),
    LOCALHOST,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, names)))),
  );
  const signature = Buffer.concat([Buffer.of(0), sign("sha256", contents, privateKey)]);
  const certificate = sequence(contents, ECDSA_WITH_SHA256, der(0x03, signature));
  const lines = certificate.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    hash: createHash("sha256").update(certificate).digest(),
  };
}
