import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { formatKafkaResults } from './format-results.ts';
import type { KafkaResults } from './parts.ts';
import { formatSizing } from './sizing.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const TIME_LIMIT_MS = 240_000;

const DOCUMENTATION = new URL('../../../docs/benchmarks.md', import.meta.url);
const SIZING = new URL('../../../docs/sizing.md', import.meta.url);
const RECORDED = new URL('../results/kafka.json', import.meta.url);

test('the documentation shows the run on Kafka as it was', () => {
  const { machine, results } = JSON.parse(readFileSync(RECORDED, 'utf8'));
  expect(readFileSync(DOCUMENTATION, 'utf8')).toContain(formatKafkaResults(machine, results));
  expect(readFileSync(SIZING, 'utf8')).toContain(formatSizing(results));
});

describe('the command', () => {
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [MAIN, ...args]);

  it('says what it does and refuses what it does not understand', async () => {
    expect((await run('--help')).stdout).toContain('npm run bench:kafka');
    const refused = [['--events', '0'], ['--pairs', 'x'], ['--only', 'none'], ['--fast']];
    await Promise.all(
      refused.map((args) =>
        expect(run(...args)).rejects.toMatchObject({
          ...{ code: 2, stderr: expect.stringContaining(args[0]!) },
        }),
      ),
    );
  });
});

describeOnKafka('the benchmarks on Kafka', (kafka) => {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
  let printed = '';
  let results: KafkaResults;

  beforeAll(async () => {
    const file = join(directory, 'results.json');
    const brokers = kafka().bootstrap.join(',');
    const args = [MAIN, '--quick', '--brokers', brokers, '--json', file];
    // A dozen processes load the same code.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(directory, 'compiled') };
    const run = await promisify(execFile)(process.execPath, args, { env });
    printed = run.stdout;
    results = JSON.parse(readFileSync(file, 'utf8')).results;
  }, TIME_LIMIT_MS);

  afterAll(() => rmSync(directory, { recursive: true }));

  it('read every event, parse every event, and count every event', () => {
    const { topic, rounds } = results.throughput;
    for (const { order, ...ways } of rounds) {
      for (const way of [ways.consume, ways.kafkajsConsume]) {
        expect(way).toMatchObject({ records: topic.events, objects: 0 });
      }
      for (const way of [ways.parse, ways.kafkajsParse]) {
        expect(way).toMatchObject({ records: topic.events, objects: topic.events });
      }
      for (const way of [ways.whole, ways.wholeSmallWindows]) {
        expect(way.events).toBe(topic.events);
        expect(way.evaluations).toBe(way.windows * results.throughput.fields);
        expect(way.blockBytes).toBeGreaterThan(0);
      }
      expect(ways.wholeSmallWindows.windows).toBeGreaterThan(ways.whole.windows);
      for (const { cpuUs, mainThreadCpuUs } of Object.values(ways)) {
        expect(mainThreadCpuUs).toBeGreaterThan(0);
        expect(mainThreadCpuUs).toBeLessThanOrEqual(cpuUs);
      }
      expect(order).toBe('forwards');
    }
    expect(rounds).toHaveLength(1);
  });

  it('count every row of Arrow records, and sample where the time goes', () => {
    const { topic, rowsPerRecord, runs, profiled } = results.arrow;
    expect(topic.records * rowsPerRecord).toBe(topic.events);
    for (const { events } of [...runs, profiled]) expect(events).toBe(topic.events);
    expect(profiled.profile?.parts.map(([part]) => part)).toContain('codec');
  });

  it('see windows stored after the event that made them due', () => {
    const [fastest] = results.latency;
    expect(fastest?.milliseconds.length).toBeGreaterThanOrEqual(2);
    for (const milliseconds of fastest?.milliseconds ?? []) {
      // Stored before the producer heard that its event had arrived: possible, but only just.
      expect(milliseconds).toBeGreaterThan(-1000);
      expect(milliseconds).toBeLessThan(60_000);
    }
  });

  it('find that more fields make larger blocks and panes', () => {
    for (const { few, many } of results.costs.kinds) {
      expect(many.blockBytes).toBeGreaterThan(few.blockBytes);
      expect(many.paneBytes).toBeGreaterThan(few.paneBytes);
      expect(many.partitionBytes).toBeGreaterThan(0);
    }
  });

  it('print a table for each part', () => {
    expect(printed.match(/^## \w+/gm)).toEqual(['## Kafka', '## Kafka', '## Latency', '## Costs']);
    expect(printed).not.toContain('NOT ALL');
    expect(printed).not.toContain('NaN');
  });
});
