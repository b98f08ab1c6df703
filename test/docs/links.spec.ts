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

function linkedFiles(file: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)];
  return links.map(([, path]) => normalize(join(dirname(file), path!)));
}

describe('links between pages', () => {
  it('lead to what is in the package, or to a sample', () => {
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      files: string[];
    };
    const there = [...files, 'README.md', 'LICENSE', 'sample'];
    const linked = Array.from(texts, ([file, text]) => linkedFiles(file, text)).flat();
    expect(
      linked.filter((one) => !there.some((path) => one === path || one.startsWith(`${path}/`))),
    ).toEqual([]);
  });

  it.each([...texts.keys()])('lead somewhere: %s', (file) => {
    expect(brokenLinks(file, texts.get(file)!)).toEqual([]);
  });
});
