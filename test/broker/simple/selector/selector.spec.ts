import fc from 'fast-check';
import { Selector, SelectorException } from '../../../../lib/broker/simple/selector/index.js';
import {
  MessageBuilder,
  SimpMessageHeaderAccessor,
  type Message,
} from '../../../../lib/message/index.js';
import { ownTime } from '../../../support/own-time.js';

const LIMITS = { maxLength: 200, maxDepth: 8 };
const HEADERS = {
  foo: 'bar',
  n: '5',
  price: '10.50',
  urgent: 'true',
  empty: '',
  'content-type': 'text/plain',
  rate: '50%_',
};

function message(headers: Record<string, string> = HEADERS): Message {
  const accessor = SimpMessageHeaderAccessor.create();
  accessor.setDestination('/topic/x');
  accessor.setSessionId('secret');
  accessor.setHeader('internal', 7);
  for (const [name, value] of Object.entries(headers)) accessor.setNativeHeader(name, value);
  return MessageBuilder.createMessage(Buffer.alloc(0), accessor);
}

const selects = (selector: string): boolean => Selector.parse(selector, LIMITS).matches(message());

function problemOf(selector: string): SelectorException {
  try {
    Selector.parse(selector, LIMITS);
  } catch (error) {
    if (error instanceof SelectorException) return error;
  }
  throw new Error(`${selector} was taken`);
}

describe('a selector', () => {
  it.each([
    "foo = 'bar'",
    "foo <> 'baz'",
    "foo == 'bar'",
    "foo != 'baz'",
    'foo == "bar"',
    "headers.foo == 'bar'",
    "headers['foo'] == 'bar'",
    "headers['content-type'] = 'text/plain'",
    "headers.nativeHeaders['foo'][0] == 'bar'",
    'headers.nativeHeaders.n = 5',
    "headers.destination == '/topic/x'",
    "destination LIKE '/topic/%'",
    "foo eq 'bar' and n lt 6 and n ge 5",
    'n = 5',
    'n = 5.0',
    'n > 4 AND n < 6',
    'n >= 5 && n <= 5',
    'n < 1 || n > 1',
    'price BETWEEN 10 AND 11',
    'price NOT BETWEEN 0 AND 9',
    "foo IN ('x', 'bar')",
    "foo NOT IN ('x', 'y')",
    'n in (1, 5, -3)',
    "foo LIKE 'b%'",
    "foo LIKE '_a_'",
    "foo NOT LIKE 'c%'",
    "rate LIKE '50!%!_' ESCAPE '!'",
    'missing IS NULL',
    'foo IS NOT NULL',
    "empty = ''",
    'not (n = 6)',
    '!(n == 6)',
    'NOT n = 6 AND n = 5',
    "n = 6 OR foo = 'bar'",
    'n = 5 OR n = 6 AND n = 7',
    'n + 1 = 6',
    'n * 2 - 4 / 2 = 8',
    '-n = -5',
    'n % 2 = 1',
    '(n + 1) * 2 = 12',
    'n = 5L',
    'price = 1.05e1',
    'urgent',
    'urgent = TRUE',
    'urgent AND NOT urgent = FALSE',
    'TRUE',
    "'it''s' = 'it''s'",
    'internal = 7',
    "foo > 'bap'",
    'missing == null',
    "missing != 'x'",
    'foo != null',
  ])('%s is true', (selector) => expect(selects(selector)).toBe(true));

  it.each([
    "foo = 'baz'",
    'n = 6',
    "foo == 'BAR'",
    'foo = 5',
    "n = '5.0'",
    'foo > 5',
    'price BETWEEN 11 AND 12',
    "foo LIKE 'b'",
    "foo LIKE '%a'",
    'FALSE',
    'NOT urgent',
    'foo',
    'n / 0 = 1',
    'foo + 1 = 1',
    "headers.simpSessionId = 'secret'",
    'simpSessionId IS NOT NULL',
  ])('%s is not true', (selector) => expect(selects(selector)).toBe(false));

  it.each([
    "missing = 'x'",
    "missing <> 'x'",
    "NOT missing = 'x'",
    'missing > 1',
    "missing IN ('x')",
    "missing NOT IN ('x')",
    "missing LIKE '%'",
    "missing NOT LIKE '%'",
    'missing BETWEEN 1 AND 2',
    'missing NOT BETWEEN 1 AND 2',
    'missing + 1 > 0',
    'missing',
    'NOT missing',
    'missing = 1 AND n = 5',
    'missing = 1 OR n = 6',
  ])('%s is unknown, so it does not select', (selector) => expect(selects(selector)).toBe(false));

  it('decides what is decided without the unknown', () => {
    expect(selects('missing = 1 OR n = 5')).toBe(true);
    expect(selects('NOT (missing = 1 AND n = 6)')).toBe(true);
    expect(selects('NOT (n BETWEEN missing AND 4)')).toBe(true);
  });

  it.each([
    ['', 0, /a header, a string or a number, found the end/],
    ['foo ==', 6, /found the end/],
    ["foo = 'bar", 6, /does not end/],
    ['foo = AND n = 5', 6, /found "AND"/],
    ['foo = 5 5', 8, /expected AND, OR or the end, found "5"/],
    ['(foo = 5', 8, /expected \)/],
    ['foo # 5', 4, /unexpected character "#"/],
    ['foo IN ()', 8, /a string or a number/],
    ['foo LIKE 5', 9, /a string in quotes/],
    ["foo LIKE 'x' ESCAPE 'ab'", 20, /one character/],
    ['foo BETWEEN 1 OR 2', 14, /expected AND/],
    ["'foo'", 0, /expected a condition/],
    ['n = 5 AND 6', 10, /expected a condition/],
    ['n + 1 OR TRUE', 0, /expected a condition/],
    ["nativeHeaders['foo'][0] == 'bar'", 0, /headers\.name/],
    ["payload = 'x'", 0, /headers\.name/],
    ['headers[0] = 1', 8, /a string in quotes/],
    ['T(java.lang.Runtime).getRuntime()', 1, /found "\("/],
    ['foo NOT = 5', 4, /found "NOT"/],
  ])('%s is refused at %i', (selector, position, text) => {
    const problem = problemOf(selector);
    expect(problem.position).toBe(position);
    expect(problem.message).toMatch(text);
    expect(problem).toMatchObject({ code: 'STOMP_ERR_SELECTOR' });
  });

  it('is bounded in length', () => {
    expect(problemOf(`n = ${' '.repeat(200)}5`).message).toMatch(/200 are allowed/);
  });

  it.each([
    '('.repeat(9) + 'TRUE' + ')'.repeat(9),
    'NOT '.repeat(9) + 'TRUE',
    `n = ${'- '.repeat(9)}5`,
  ])('is bounded in depth: %s', (selector) =>
    expect(problemOf(selector).message).toMatch(/nested more than 8 deep/),
  );

  it('may be long without being deep', () => {
    const selector = Array.from({ length: 5000 }, () => 'n = 6').join(' OR ');
    const { matches } = { matches: Selector.parse(selector, { maxLength: 1e6, maxDepth: 1 }) };
    expect(matches.matches(message())).toBe(false);
  });

  it('reads a header that a prototype has as no header', () => {
    expect(selects('constructor IS NULL AND toString IS NULL AND __proto__ IS NULL')).toBe(true);
  });

  it('matches a LIKE as a regex does, whatever characters there are', () => {
    const unit = fc.constantFrom('a', 'a', 'b', '😀', '😁', '\ue000', '\ue001', '\uffff');
    const part = fc.oneof(unit, fc.constantFrom('%', '_'));
    fc.assert(
      fc.property(
        fc.string({ unit: part, maxLength: 10 }),
        fc.string({ unit, maxLength: 12 }),
        (like, h) => {
          const source = like.replaceAll('%', '.*').replaceAll('_', '.');
          const selector = Selector.parse(`h LIKE '${like}'`, LIMITS);
          expect(selector.matches(message({ h }))).toBe(new RegExp(`^${source}$`, 'su').test(h));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['stars', '%a'.repeat(90) + 'b'],
    ['a long part', `%${'a'.repeat(400)}b${'a'.repeat(100)}%`],
    ['a long part with _', `%a_${'a'.repeat(400)}b%`],
    ['characters of two units', `%a_${'😀'.repeat(100)}b%`],
  ])('matches a hostile LIKE with %s in time', (_what, like) => {
    const selector = Selector.parse(`h LIKE '${like}'`, { ...LIMITS, maxLength: 1024 });
    const hostile = message({ h: like.includes('😀') ? '😀'.repeat(512) : 'a'.repeat(1024) });
    const started = ownTime();
    for (let i = 0; i < 2000; i++) expect(selector.matches(hostile)).toBe(false);
    expect(ownTime() - started).toBeLessThan(1000);
  });

  it('does not look at texts of more than 1,024 characters with LIKE', () => {
    const matches = (selector: string, length: number): boolean =>
      Selector.parse(selector, LIMITS).matches(message({ h: 'a'.repeat(length) }));
    expect(matches("h LIKE '%a%'", 1024)).toBe(true);
    expect(matches("h LIKE '%a%'", 1025)).toBe(false);
    expect(matches("h NOT LIKE '%a%'", 1025)).toBe(false);
  });
});
