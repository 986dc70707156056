import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { applicableStatistics, isDistributional } from '#libs/detectors/rules.ts';
import { drawLayout } from './kernel.ts';
import type { Results } from './parts.ts';
import { formatResults } from './print-results.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const TIME_LIMIT_MS = 120_000;

const DOCUMENTATION = new URL('../../docs/benchmarks.md', import.meta.url);
const RECORDED = new URL('results/recorded.json', import.meta.url);

test('the documentation shows the recorded run as it was', () => {
  const { machine, results } = JSON.parse(readFileSync(RECORDED, 'utf8'));
  expect(readFileSync(DOCUMENTATION, 'utf8')).toContain(formatResults(machine, results));
});

describe('the benchmarks', () => {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
  let printed = '';
  let results: Results;

  beforeAll(async () => {
    const file = join(directory, 'results.json');
    const run = await promisify(execFile)(process.execPath, [MAIN, '--quick', '--json', file]);
    printed = run.stdout;
    results = JSON.parse(readFileSync(file, 'utf8')).results;
  }, TIME_LIMIT_MS);

  afterAll(() => rmSync(directory, { recursive: true }));

  it('count every value of the kernel once, with and without sums', () => {
    expect(results.kernel).toHaveLength(6);
    expect(results.kernel.every(({ countsAgree }) => countsAgree)).toBe(true);
  });

  it('count on the whole path what a recount with plain maps counts', () => {
    const { recount, events, pairs } = results.wholePath;
    expect(recount.differences).toEqual([]);
    expect(recount.events).toBe(events);
    expect(recount.compared).toBeGreaterThan(1000);
    expect(pairs.map(({ order }) => order)).toEqual(['parse first', 'whole first']);
  });

  it('read the ten fields out of events of every shape', () => {
    const { shapes } = results;
    expect(shapes.map(({ shape }) => shape)).toEqual(['flat', 'nested', '10 of 40']);
    // The same values in other places: the same counts, but for the paths in the header.
    const sizes = shapes.map(({ blockBytes }) => blockBytes);
    expect(Math.max(...sizes)).toBe(Math.min(...sizes));
  });

  it('bring every event through encoding, decoding and merging', () => {
    expect(results.blocks.map(({ blocks, countsAgree }) => ({ blocks, countsAgree }))).toEqual([
      { blocks: 2, countsAgree: true },
      { blocks: 2, countsAgree: true },
    ]);
  });

  it('compare a window by every statistic, and by all of them', () => {
    const names = results.comparisons.map(({ comparison }) => comparison.split(',')[0]);
    const statistics = applicableStatistics(drawLayout({ shape: 'normal', rows: 9 }));
    expect(names).toEqual(expect.arrayContaining(statistics.filter(isDistributional)));
    expect(names).toContain('all of 10 numeric fields');
    expect(results.comparisons.every(({ places, values }) => places > 0 && values > 0)).toBe(true);
  });

  it('measure the memory of counts as at least what their cells take', () => {
    for (const { cells, paneBytes, windowBytes, windowPanes } of results.fieldMemory) {
      expect(paneBytes).toBeGreaterThanOrEqual(8 * cells);
      expect(windowBytes).toBeGreaterThanOrEqual(8 * cells * (windowPanes + 1));
    }
  });

  it('take all events through profiler and evaluator and keep the panes that are retained', () => {
    const { flatness } = results;
    expect(flatness.counted).toBe(flatness.events);
    expect(flatness.readings.map(({ events }) => events)).toEqual([25_000, 50_000]);
    expect(flatness.panes).toBe(4);
  });

  it('print a table for each part', () => {
    expect(printed.match(/^## \w+/gm)).toEqual([
      '## Kernel',
      '## Whole',
      '## Shapes',
      '## Blocks',
      '## Comparisons',
      '## Memory',
      '## Flatness',
    ]);
    expect(printed).toContain('all equal');
  });
});
