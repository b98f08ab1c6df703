import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages, root } from './pages.js';

function sourcesOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(folder, path), 'utf8'))
    .join('\n');
}

function codesInLib(): string[] {
  const source = sourcesOf(join(root, 'lib'));
  return [...new Set([...source.matchAll(/STOMP_ERR_[A-Z_]*[A-Z]/g)].map(([code]) => code))].sort();
}

const page = pages().find(({ name }) => name === 'errors')!.text;
const sections = page.split(/^### /m).slice(1);
const codeOf = (section: string): string => section.split('\n', 1)[0]!.trim();

describe('docs/errors.md', () => {
  it('has one section for every code of the library, and none for others', () => {
    expect(sections.map(codeOf).sort()).toEqual(codesInLib());
  });

  it.each(sections.map((section) => ({ code: codeOf(section), section })))(
    'says what happened, why, and what to do: $code',
    ({ section }) => {
      const [, what, ...rest] = section.split('\n\n').map((one) => one.trim());
      expect(what).not.toBe('');
      expect(rest.join('\n')).toMatch(/^\*Why\.\* .*/m);
      expect(rest.join('\n')).toMatch(/^\*What to do\.\* .*/m);
    },
  );
});
