import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The packages, and modules of Node, whose types one needs to use a declaration file, with all that it imports. */
export function typeDependencies(entries) {
  const seen = new Set();
  const packages = new Set();
  const visit = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, module] of readFileSync(file, 'utf8').matchAll(
      /(?:from|import\(?)\s*'([^']+)'/g,
    )) {
      if (!module.startsWith('.')) packages.add(module);
      else visit(resolve(dirname(file), module.replace(/\.js$/, '.d.ts')));
    }
  };
  for (const entry of entries) visit(resolve(entry));
  return [...packages];
}
