import { join } from 'node:path';
import ts from 'typescript';
import { typeErrors } from './compile.js';
import { root } from './pages.js';

const ENTRIES = ['', 'testing', 'inspect/prometheus', 'inspect/terminus', 'inspect/opentelemetry'];

interface Export {
  readonly name: string;
  readonly text: string;
  readonly tags: string[];
}

/** What the entries of the package export, each name once. */
function exported(): Export[] {
  const files = ENTRIES.map((entry) => join(root, 'lib', entry, 'index.ts'));
  const moduleResolution = ts.ModuleResolutionKind.NodeNext;
  const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext, moduleResolution });
  const checker = program.getTypeChecker();
  const symbols = files.flatMap((file) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!),
  );
  const isAlias = ({ flags }: ts.Symbol): boolean => (flags & ts.SymbolFlags.Alias) !== 0;
  const own = symbols.map((one) => (isAlias(one) ? checker.getAliasedSymbol(one) : one));
  return [...new Set(own)].map((one) => ({
    name: one.name,
    text: ts.displayPartsToString(one.getDocumentationComment(checker)),
    tags: one.getJsDocTags(checker).map(({ name }) => name),
  }));
}

describe('what the package exports', () => {
  const all = exported();

  it('is more than a few names', () => {
    expect(all.length).toBeGreaterThan(200);
  });

  it('has @publicApi in its doc comment', () => {
    const without = all.filter(({ tags }) => !tags.includes('publicApi'));
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('says what it is', () => {
    expect(all.filter(({ text }) => text === '').map(({ name }) => name)).toEqual([]);
  });

  it('takes schemas of zod from compilers that tell an optional property from an undefined one', () => {
    const withSchemas = join(root, 'test/handler/argument/payload.spec.ts');
    expect(typeErrors([withSchemas], { exactOptionalPropertyTypes: true })).toEqual([]);
  }, 120_000);
});
