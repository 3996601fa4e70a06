import { expect } from "chai";
import { encodeClosePayload, isValidCloseCode } from "../src/close-code.ts";
import { PROTOCOL_ERRORS, ProtocolError, type ProtocolErrorCode } from "../src/errors.ts";

describe("protocol errors", () => {
  for (const code of Object.keys(PROTOCOL_ERRORS) as ProtocolErrorCode[])
    it(`${code} has a code and a message that fit a close frame`, () => {
      const error = new ProtocolError(code, { a: 1 });
      expect(isValidCloseCode(error.closeCode)).to.equal(true);
      expect(() => encodeClosePayload(error.closeCode, error.message)).not.to.throw();
      expect(error).to.include({ name: "ProtocolError", code }).and.have.deep.property("details", { a: 1 });
    });
});
