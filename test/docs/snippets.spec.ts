import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INestApplication, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { StompModule } from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { typeErrors } from './compile.js';
import { conceptPages, openingSnippet, optionExcerpts, root } from './pages.js';

const generated = join(root, 'test/docs/.generated');
const snippets = conceptPages().map((page) => ({ page: page.name, code: openingSnippet(page) }));

const excerpts = conceptPages().flatMap((page) =>
  optionExcerpts(page).map((code, i) => ({ page: `${page.name}-${i}`, code })),
);

const fileOf = (page: string): string => join(generated, `${page}.ts`);

beforeAll(() => {
  mkdirSync(generated, { recursive: true });
  for (const { page, code = '' } of [...snippets, ...excerpts]) writeFileSync(fileOf(page), code);
});

afterAll(() => rmSync(generated, { recursive: true, force: true }));

describe('the snippet that a page opens with', () => {
  it.each(snippets)('is an application: $page', ({ code }) => {
    expect(code).toContain('export class AppModule');
  });

  it('passes the type check, and so do options that the page shows behind it', () => {
    expect(excerpts.length).toBeGreaterThan(0);
    const files = [...snippets, ...excerpts].map(({ page }) => fileOf(page));
    expect(typeErrors(files)).toEqual([]);
  }, 120_000);

  describe('starts', () => {
    let app: INestApplication | undefined;

    afterEach(() => app?.close());

    async function start(page: string): Promise<INestApplication> {
      const { AppModule } = (await import(fileOf(page))) as { AppModule: Type };
      const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
      app = await module.createNestApplication({ logger: false }).init();
      return app;
    }

    it.each(snippets)('and answers CONNECT: $page', async ({ page, code }) => {
      const path = /endpoints: \[\s*(?:\{[^}]*?path: )?'([^']+)'/.exec(code!)?.[1];
      const client = await StompTestClient.open(await start(page), { path });
      expect((await client.sendConnect()).command).toMatch(/^(CONNECTED|ERROR)$/);
    });

    it('and drains before it ends, as the page about limits says', async () => {
      const client = await StompTestClient.connect(await start('limits'));
      await app!.get(StompModule).drain();
      expect(await client.closed()).toMatchObject({ code: 1012 });
    });
  });
});
