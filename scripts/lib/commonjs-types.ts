import ts from "typescript";
import { UserError } from "./command-line.ts";

/** Where the declarations of a package's exports go when its index says what `require` gives instead. */
export const EXPORTS_FILE = "index.exports.d.ts";

/**
 * Declarations of what `require` gives of a package whose default export is a class: the class itself, with every export,
 * type or value, as a member of it. `undefined` for any other package, of which `require` gives the exports as they are.
 *
 * @param indexFile its declarations as a module.
 */
export function classAsModule(indexFile: string): string | undefined {
  // Nothing is checked here, so the standard library and types of others need not be read.
  const program = ts.createProgram([indexFile], { noLib: true, types: [], module: ts.ModuleKind.Node16 });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(indexFile);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) return undefined;
  const exported = checker.getExportsOfModule(module);
  const found = exported.find(({ name }) => name === ts.InternalSymbolName.Default);
  const main = found === undefined ? undefined : resolved(checker, found);
  if (main === undefined || (main.flags & ts.SymbolFlags.Class) === 0) return undefined;
  return declare(classNameOf(main), exported.map(({ name }) => name).sort());
}

/** A class exported by `export default class` is called "default" by its symbol, and need not have a name. */
function classNameOf({ valueDeclaration }: ts.Symbol): string {
  const name = valueDeclaration === undefined ? undefined : ts.getNameOfDeclaration(valueDeclaration);
  return name !== undefined && ts.isIdentifier(name) ? name.text : "Main";
}

function resolved(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  if ((symbol.flags & ts.SymbolFlags.Alias) === 0) return symbol;
  const target = checker.getAliasedSymbol(symbol);
  if (target.declarations === undefined) throw new UserError(`The export "${symbol.name}" leads nowhere.`);
  return target;
}

function declare(className: string, names: readonly string[]): string {
  // The class's name and `default` cannot be names of imports beside the class.
  const local = (name: string) => (name === className || name === "default" ? `exported_${name}` : name);
  const list = (write: (name: string) => string) => names.map((name) => `  ${write(name)},`).join("\n");
  const as = (from: string, to: string) => (from === to ? from : `${from} as ${to}`);
  return `import {
${list((name) => as(name, local(name)))}
} from "./${EXPORTS_FILE.replace(/\.d\.ts$/, ".js")}";
declare class ${className} extends exported_default {}
declare namespace ${className} {
  export {
${list((name) => `  ${as(local(name), name)}`)}
  };
}
export = ${className};
`;
}
