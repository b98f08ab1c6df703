import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Pages that are no page about a concept. */
const WITHOUT_SNIPPET = new Set(['README', 'ROADMAP', 'architecture', 'errors']);

export interface Page {
  /** Name of the file without its ending. */
  readonly name: string;
  readonly text: string;
}

/** All pages of docs/. */
export function pages(): Page[] {
  const folder = join(root, 'docs');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => ({
      name: file.slice(0, -'.md'.length),
      text: readFileSync(join(folder, file), 'utf8'),
    }));
}

/** Pages about a concept, each of which opens with a snippet. */
export function conceptPages(): Page[] {
  return pages().filter(({ name }) => !WITHOUT_SNIPPET.has(name));
}

const SNIPPET = /^```ts\n([\s\S]*?)^```$/gm;

/** The first block of TypeScript of a page; undefined without one. */
export function openingSnippet(page: Page): string | undefined {
  return snippetsOf(page)[0];
}

/** Blocks of TypeScript that are options of the module, `authorization: [ … ];`, each as a module behind the opening snippet. */
export function optionExcerpts(page: Page): string[] {
  const [opening, ...others] = snippetsOf(page);
  const excerpts = others.filter((code) => /^\w+: [[{]/.test(code));
  return excerpts.map((code) =>
    [
      opening,
      "import type { StompModuleOptions as Options } from 'nestjs-stomp';",
      `export const options: Options = { ${code.trim().replace(/;$/, '')} };`,
    ].join('\n'),
  );
}

function snippetsOf({ text }: Page): string[] {
  return Array.from(text.matchAll(SNIPPET), ([, code]) => code!);
}
