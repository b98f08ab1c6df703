import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { pages, root } from './pages.js';

const texts = new Map(pages().map(({ name, text }) => [`docs/${name}.md`, text]));
for (const file of ['README.md', 'CONTRIBUTING.md'])
  texts.set(file, readFileSync(join(root, file), 'utf8'));

/** The anchors that a Markdown renderer makes of a page's headings. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!.toLowerCase());
  return new Set(
    headings.map((one) => one.replace(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-')),
  );
}

function brokenLinks(file: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
  return links
    .filter(([, path, anchor]) => {
      const target = path ? normalize(join(dirname(file), path)) : file;
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(texts.get(target) ?? '').has(anchor);
    })
    .map(([link]) => `${relative('.', file)} ${link}`);
}

describe('links between pages', () => {
  it.each([...texts.keys()])('lead somewhere: %s', (file) => {
    expect(brokenLinks(file, texts.get(file)!)).toEqual([]);
  });
});
