import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { ndjsonLines } from './ndjson-lines.ts';

function newFile(content: string | Uint8Array): string {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-lines-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'events.ndjson');
  writeFileSync(path, content);
  return path;
}

async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of ndjsonLines(path)) {
    expect(batch.length).toBeGreaterThan(0);
    lines.push(...batch.map((line) => Buffer.from(line).toString('latin1')));
  }
  return lines;
}

test('each line is an event, blank ones are none', async () => {
  expect(await linesOf(newFile('{"a":1}\n\n  \t\n{"b":2}\r\n\r\nnot json\n{"c":3}'))).toEqual([
    ...['{"a":1}', '{"b":2}', 'not json', '{"c":3}'],
  ]);
  expect(await linesOf(newFile(''))).toEqual([]);
  expect(await linesOf(newFile('\n\n'))).toEqual([]);
});

test('lines come out whole, wherever the chunks of the file end', async () => {
  const line = fc.oneof(
    fc.string({ maxLength: 40 }).map((text) => text.replaceAll(/[\r\n]/g, 'x')),
    fc.integer({ min: 60_000, max: 600_000 }).map((length) => 'é'.repeat(length / 2)),
  );
  const path = newFile('');
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      async (lines, ending, closed) => {
        writeFileSync(path, lines.join(ending) + (closed ? ending : ''));
        const expected = lines
          .filter((text) => /[^ \t]/.test(text))
          .map((text) => Buffer.from(text).toString('latin1'));
        expect(await linesOf(path)).toEqual(expected);
      },
    ),
    { seed: 1, numRuns: 40 },
  );
});

test('bytes that are no text are handed on as they are', async () => {
  const bytes = Uint8Array.from([0xff, 0x00, 0xc3, 0x0a, 0x80]);
  const [first, second] = await linesOf(newFile(bytes));
  expect(Buffer.from(first!, 'latin1')).toEqual(Buffer.from([0xff, 0x00, 0xc3]));
  expect(Buffer.from(second!, 'latin1')).toEqual(Buffer.from([0x80]));
});

test('a file that is not there is named', async () => {
  await expect(linesOf('/no/such/events.ndjson')).rejects.toMatchObject({
    code: 'PLB_FILE_NOT_FOUND',
    message: expect.stringContaining('/no/such/events.ndjson'),
  });
});
