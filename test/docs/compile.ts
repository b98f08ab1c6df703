import { join } from 'node:path';
import ts from 'typescript';
import { root } from './pages.js';

const formatHost: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (path) => path,
  getCurrentDirectory: () => root,
  getNewLine: () => '\n',
};

/** What the compiler has to say about these files, with the settings of this project and these instead of its own. */
export function typeErrors(
  paths: readonly string[],
  settings: Readonly<ts.CompilerOptions> = {},
): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  ) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram(paths, { ...options, ...settings });
  return paths.flatMap((path) => {
    const file = program.getSourceFile(path);
    const found = [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ];
    return found.map((one) => ts.formatDiagnostic(one, formatHost).trim());
  });
}
