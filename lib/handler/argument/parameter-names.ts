const IDENTIFIER = /^([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)\s*(?:=|$)/u;
/** What brackets and commas in it say nothing. */
const OPAQUE = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g;

/** Names of a function's parameters as written, without a rest parameter; undefined where one is destructured. */
export function parameterNames(fn: (...args: any[]) => unknown): (string | undefined)[] {
  const source = Function.prototype.toString.call(fn).replace(OPAQUE, ' ');
  const start = source.indexOf('(');
  if (start < 0) return [];
  return topLevelParts(source, start + 1)
    .map((part) => part.trim())
    .filter((part) => !part.startsWith('...'))
    .map((part) => IDENTIFIER.exec(part)?.[1]);
}

/** What is between commas from `start` to the bracket that closes there. */
function topLevelParts(source: string, start: number): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = start;
  for (let i = start; i < source.length; i++) {
    const char = source[i]!;
    if ('([{'.includes(char)) depth++;
    else if (depth === 0 && (char === ')' || char === ',')) {
      parts.push(source.slice(from, i));
      from = i + 1;
      if (char === ')') break;
    } else if (')]}'.includes(char)) depth--;
  }
  return parts.at(-1)?.trim() === '' ? parts.slice(0, -1) : parts;
}
