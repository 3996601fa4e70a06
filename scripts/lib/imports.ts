import { readFileSync } from "node:fs";
import ts from "typescript";

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Erased by the compiler as a whole (`import type …`): it loads nothing at run time. */
  readonly typeOnly: boolean;
}

/** Every module that a source file names: imports, re-exports, `import()`, `require()` and `import("…")` types. */
export function readImports(path: string): readonly Import[] {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const named = namedModule(node);
    if (named !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(named.specifier.getStart(source));
      found.push({ specifier: named.specifier.text, line: line + 1, typeOnly: named.typeOnly });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

interface NamedModule {
  readonly specifier: ts.StringLiteralLike;
  readonly typeOnly: boolean;
}

function namedModule(node: ts.Node): NamedModule | undefined {
  if (ts.isImportDeclaration(node)) {
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return withLiteral(node.moduleSpecifier, typeOnly);
  }
  if (ts.isExportDeclaration(node)) return withLiteral(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return withLiteral(node.argument.literal, true);
  if (ts.isCallExpression(node) && loadsModule(node.expression)) return withLiteral(node.arguments[0], false);
  return undefined;
}

const withLiteral = (specifier: ts.Node | undefined, typeOnly: boolean): NamedModule | undefined =>
  specifier !== undefined && ts.isStringLiteralLike(specifier) ? { specifier, typeOnly } : undefined;

const loadsModule = (callee: ts.Expression): boolean =>
  callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
