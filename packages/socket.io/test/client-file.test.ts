import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect } from "chai";
import { ClientFile } from "../src/client-file.ts";

const SCRIPT = "globalThis.io = () => {};\n";
/** The SHA-256 of it. */
const HASH = "d2l-dtmZwgR9rFCp-e-ejK7-ak-gPhswcB49_Bgu-F4";

describe("client file", () => {
  let folder: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "towline-"));
    path = join(folder, "script.js");
    writeFileSync(path, SCRIPT);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is the same bytes in every coding, each with a tag made from them", async () => {
    const file = new ClientFile(path);
    const [br, gzip, identity] = [await file.in("br"), await file.in("gzip"), await file.in("identity")];
    expect(brotliDecompressSync(br.body).toString()).to.equal(SCRIPT);
    expect(gunzipSync(gzip.body).toString()).to.equal(SCRIPT);
    expect(identity.body.toString()).to.equal(SCRIPT);
    expect([br.etag, gzip.etag, identity.etag]).to.deep.equal([
      `"${HASH}-br"`,
      `"${HASH}-gzip"`,
      `"${HASH}"`,
    ]);
  });

  it("is read and compressed once, however many ask at a time", async () => {
    const file = new ClientFile(path);
    for (const coding of ["br", "gzip", "identity"] as const) {
      const [first, second] = await Promise.all([file.in(coding), file.in(coding)]);
      expect(second).to.equal(first);
      expect(await file.in(coding)).to.equal(first);
    }
  });

  it("is tried again after it could not be read", async () => {
    const late = join(folder, "late.js");
    const file = new ClientFile(late);
    const failed = await file.in("br").catch((error: NodeJS.ErrnoException) => error.code);
    expect(failed).to.equal("ENOENT");
    writeFileSync(late, SCRIPT);
    expect(brotliDecompressSync((await file.in("br")).body).toString()).to.equal(SCRIPT);
  });
});
