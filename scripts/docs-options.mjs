// Writes the tables of options in docs/ from the doc comments of lib/: between `<!-- options: A, B -->` and
// `<!-- /options -->` come the members that the interfaces A and B declare themselves. With --check nothing is written,
// and a stale table is a failure.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const REGION = /(<!-- options: ([\w, ]+) -->\n)[\s\S]*?(<!-- \/options -->)/g;

const root = fileURLToPath(new URL('..', import.meta.url));
const docs = join(root, 'docs');
const sources = readdirSync(join(root, 'lib'), { recursive: true })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => [path, readFileSync(join(root, 'lib', path), 'utf8')]);

const isCheck = process.argv.includes('--check');
const stale = [];
for (const page of readdirSync(docs).filter((name) => name.endsWith('.md'))) {
  const before = readFileSync(join(docs, page), 'utf8');
  const after = before.replace(REGION, (_, open, names, close) => open + tableOf(names) + close);
  if (after === before) continue;
  stale.push(page);
  if (!isCheck) writeFileSync(join(docs, page), after);
}
if (stale.length > 0) console.log(`${isCheck ? 'Stale' : 'Written'}: ${stale.join(', ')}`);
if (isCheck && stale.length > 0) {
  console.log('Run npm run docs:options');
  process.exitCode = 1;
}

function tableOf(names) {
  const rows = names.split(',').flatMap((name) => membersOf(name.trim()).map(rowOf));
  return ['', '| option | type | default | |', '|---|---|---|---|', ...rows, '', ''].join('\n');
}

function membersOf(name) {
  for (const [path, text] of sources) {
    if (!text.includes(`interface ${name}`)) continue;
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const found = file.statements.find(
      (one) => ts.isInterfaceDeclaration(one) && one.name.text === name,
    );
    if (found) return found.members.filter((one) => !commentOf(one).includes('@internal'));
  }
  throw new Error(`No interface ${name} in lib/`);
}

function rowOf(member) {
  const [what, standard = ''] = commentOf(member).split(/\s*@default\s+/);
  const text = (member.type ?? member).getText();
  const type = text.replace(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(', )', ')');
  const cells = [`\`${member.name.getText()}\``, `\`${type}\``, standardOf(standard), what];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** What stands in the doc comment, on one line, without tags but `@default`. */
function commentOf(member) {
  const text = member.getSourceFile().text;
  const ranges = ts.getLeadingCommentRanges(text, member.getFullStart()) ?? [];
  const range = ranges.findLast(({ pos }) => text.startsWith('/**', pos));
  if (!range) return '';
  const lines = text.slice(range.pos + 3, range.end - 2).split('\n');
  return lines
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .join(' ')
    .replace(/\{@link (\w+)\}/g, '$1')
    .trim();
}

/** A value in code, and what is said about it behind it. */
function standardOf(text) {
  const [, value, rest] =
    /^('[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|-?[\d.]+|true|false)(.*)$/.exec(text) ?? [];
  if (value === undefined) return text.trim();
  return `\`${value.replaceAll('`', '')}\`${rest}`.trim();
}
