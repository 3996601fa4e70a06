import { join } from "node:path";
import { expect } from "chai";
import { classAsModule } from "../lib/commonjs-types.ts";
import { removeTrees, writeTree } from "./fixture.ts";

describe("declarations of what require gives", () => {
  afterEach(removeTrees);

  const declared = (files: Record<string, string>) => classAsModule(join(writeTree(files), "index.d.ts"));

  it("are a class with every export as a member when the default export is a class", () => {
    const files = {
      "index.d.ts": `
        export { Thing, Thing as default } from "./thing.js";
        export type { Options } from "./thing.js";
        export declare const version: number;`,
      "thing.d.ts":
        "export declare class Thing { constructor(options: Options); }\nexport interface Options {}",
    };
    expect(declared(files)).to.equal(`import {
  Options,
  Thing as exported_Thing,
  default as exported_default,
  version,
} from "./index.exports.js";
declare class Thing extends exported_default {}
declare namespace Thing {
  export {
    Options,
    exported_Thing as Thing,
    exported_default as default,
    version,
  };
}
export = Thing;
`);
  });

  it("name a class that has no name", () => {
    expect(declared({ "index.d.ts": "export default class {}" })).to.include(
      "declare class Main extends exported_default {}",
    );
  });

  for (const [title, index] of [
    ["a function", "export default function io(): void;"],
    ["a constant", "declare const io: () => void;\nexport { io as default };"],
    ["none", "export declare class Thing {}"],
  ] as const)
    it(`are those of the exports when the default export is ${title}`, () => {
      expect(declared({ "index.d.ts": index })).to.equal(undefined);
    });

  it("refuse a default export that leads nowhere", () => {
    expect(() => declared({ "index.d.ts": 'export { Gone as default } from "./gone.js";' })).to.throw(
      'The export "default" leads nowhere.',
    );
  });
});
