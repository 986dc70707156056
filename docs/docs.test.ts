import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { missingForKafka } from '#deploy/kafka/fetch-kafka.ts';
import { generatedPages } from './generate.ts';
import { runPage } from './running/page-runner.ts';
import { pageSteps } from './running/page-steps.ts';
import { missingPiece } from './running/stated-output.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGES = globSync(
  [
    '*.md',
    'docs/**/*.md',
    '{libs,services,loadtests,deploy}/README.md',
    '{libs,services}/*/README.md',
  ],
  { cwd: ROOT },
).sort();

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The anchor that a heading gets on the hosting site. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsOf(page: string): readonly string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading!));
}

describe('what the pages say', () => {
  test.each(PAGES)('links of %s lead somewhere', (page) => {
    const text = read(page).replace(/^```.*?^```$/gms, '');
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const [path, hash] = target!.split('#');
      const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path!));
      expect(globSync(file!, { cwd: ROOT }), `${page} links to ${target}`).toHaveLength(1);
      if (hash !== undefined)
        expect(anchorsOf(file!), `${page} links to ${target}`).toContain(hash);
    }
  });

  test('names of tests, files and folders in code quotes exist', () => {
    for (const page of PAGES) {
      for (const [, path] of read(page).matchAll(
        /`((?:libs|services|loadtests|docs)\/[\w./-]+)`/g,
      )) {
        expect(globSync(path!, { cwd: ROOT }), `${page} names ${path}`).toHaveLength(1);
      }
    }
  });

  test('tests that are named “so” are in the file named beside them', () => {
    const named = PAGES.flatMap((page) => [
      ...read(page).matchAll(/“([^”]+)”[^`\n]*`([^`]+\.ts)`/g),
    ]);
    for (const [, title, path] of named) expect(read(path!), path).toContain(title);
    expect(named.length).toBeGreaterThan(0);
  });

  test('every route of the API is on its page, and no other', async () => {
    const routes = globSync('services/api/routes/*-routes.ts', { cwd: ROOT }).flatMap((file) =>
      [...read(file).matchAll(/app\.get\(\s*'([^'*]{2,})'/g)].map(([, route]) => route),
    );
    const listed = [...read('docs/api.md').matchAll(/^\| `GET ([^`]+)` /gm)].map(
      ([, route]) => route,
    );
    expect(listed.toSorted()).toEqual(routes.toSorted());
  });

  test('generated parts are current; run `node docs/generate.ts` to write them', async () => {
    for (const { page, is, should } of await generatedPages()) expect(is, page).toBe(should);
  });
});

describe('commands of the pages', () => {
  const runnable = PAGES.map((page) => [page, pageSteps(read(page))] as const).filter(([, steps]) =>
    steps.some(({ kind }) => kind === 'command'),
  );

  // Without it the test says what is missing; under CI it fails instead.
  const lacksCurl = spawnSync('curl', ['--version']).error !== undefined && !process.env.CI;

  const lacksKafka = process.env.CI ? undefined : missingForKafka();

  test.for(runnable)('%s', { timeout: 300_000 }, async ([, steps], context) => {
    const has = (part: string) =>
      steps.some((step) => step.kind === 'command' && step.command.includes(part));
    if (lacksCurl && has('curl ')) context.skip('curl is not on this machine');
    if (lacksKafka !== undefined && has('npm run kafka')) context.skip(lacksKafka);
    await runPage(steps);
  });

  test('one that fails, says something else or has another exit code is noticed', async () => {
    const page = (lines: string) => pageSteps(`\`\`\`console run\n${lines}\n\`\`\`\n`);
    await expect(runPage(page('$ exit 3'))).rejects.toThrow('line 2: exit 3\nthe exit code is 3');
    await expect(runPage(page('$ echo one\ntwo'))).rejects.toThrow('not in the output: two');
    await expect(runPage(page('$ echo one  # exit 1'))).rejects.toThrow('exit code is 0, not 1');
    await runPage(page('$ echo one two; exit 1  # exit 1\none … two'));
  });

  test.each([
    ['{ "a": 1, … "z": 2 }', '{"a":1,"b":[],"z":2}', null],
    ['second\nfirst', 'first\nsecond\n', 'first'],
    ['one … one', 'one', ' one'],
    ['', 'whatever', null],
  ])('stated output %j against %j', (stated, output, missing) => {
    expect(missingPiece(stated, output)).toBe(missing);
  });
});
