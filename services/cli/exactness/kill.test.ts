import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { planMonitors } from '#libs/planning/plan-monitors.ts';
import { seededRandom } from '#libs/statistics/reference/random.ts';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import { until } from '#libs/transport/until.ts';
import { expectExactWindows } from './expect-exact-windows.ts';
import { generateEvents } from './generated-events.ts';
import { prepareDirectory, TOPIC } from './plant.ts';
import { expectSamePanes, readCountedPanes } from './read-counted-panes.ts';
import { readTopic, recount } from './recount.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const HOUR = 3_600_000;
const PARTITIONS = 4;
const KILLS = 20;
const EVENTS = 24_000;
/** Of the events, how many the file holds at first; it grows between two lives. */
const AT_FIRST = 6_000;

/** Profiles of two grids, one with windows that overlap. */
const MONITORS = `
  hopping: { stream: orders, baseline: reference, window: 1h, hop: 30m, pane: 10m, lateness: 5m, resolution: 64 }
  coarse: { stream: orders, baseline: reference, window: 1h, pane: 30m, evidence: iid, resolution: 16 }
`;

/** One life of `plumbline start`. */
class Life {
  readonly #child: ChildProcess;
  readonly #errors: string[] = [];
  readonly #exited: Promise<unknown>;
  /** Resolves with its address once it feeds and counts. */
  readonly ready: Promise<string>;

  constructor(config: string) {
    this.#child = spawn(process.execPath, [MAIN, 'start', '-c', config, '--log-level', 'error'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Twenty starts in a row: compiling the same sources each time would take most of the time.
      env: { ...process.env, NODE_COMPILE_CACHE: join(dirname(config), 'compiled') },
    });
    onTestFinished(() => {
      this.#child.kill('SIGKILL');
    });
    this.#exited = once(this.#child, 'exit');
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#errors.push(chunk.toString()));
    const lines = createInterface({ input: this.#child.stdout! });
    this.ready = new Promise((resolve) => {
      lines.on('line', (line) => {
        const address = /^plumbline is at (\S+)$/.exec(line)?.[1];
        if (address !== undefined) resolve(address.replace('localhost', '127.0.0.1'));
      });
    });
  }

  get errors(): string {
    return this.#errors.join('');
  }

  /** SIGKILL after `ms` milliseconds from now; must find it alive. */
  async killAfter(ms: number): Promise<void> {
    await pause(ms);
    expect(this.#child.exitCode, this.errors).toBeNull();
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async end(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    await this.#exited;
    return this.#child.exitCode;
  }
}

/** The events as lines of a file; what is no text at all cannot be a line. */
function fileLines(): string[] {
  return generateEvents({ events: EVENTS, seed: 5, spanMs: 10 * HOUR }).map(({ value }) =>
    value === null ? 'null' : Buffer.from(value).toString('utf8'),
  );
}

test('killed twenty times at any moment, nothing is lost and nothing counted twice', async () => {
  const source = `source: { file: events.ndjson }`;
  const { directory, loaded } = prepareDirectory({
    ...{ partitions: PARTITIONS, stream: source, monitors: MONITORS, baselineRows: 2000 },
  });
  const events = join(directory, 'events.ndjson');
  const config = join(directory, 'plumbline.yaml');
  const random = seededRandom(11);
  const lines = fileLines();
  let written = AT_FIRST;
  writeFileSync(events, `${lines.slice(0, written).join('\n')}\n`);
  for (let kill = 1; kill <= KILLS; kill++) {
    const life = new Life(config);
    // A third of the lives end during the start, the others while events are fed and counted.
    if (random() >= 1 / 3) await life.ready;
    await life.killAfter(random() * 1200);
    const next = Math.floor(AT_FIRST + ((EVENTS - AT_FIRST) * kill) / KILLS);
    appendFileSync(
      events,
      lines
        .slice(written, next)
        .map((line) => `${line}\n`)
        .join(''),
    );
    written = next;
  }
  const last = new Life(config);
  const url = await last.ready;
  await until(async () => (await countedRecords(url)) >= EVENTS, {
    ...{ what: 'every line is counted', deadlineMs: 60_000 },
  });
  expect(await last.end()).toBe(0);
  expect(last.errors).toBe('');

  const { dataDirectory } = loaded.config;
  const transport = await openEmbeddedTransport({ directory: join(dataDirectory, 'log') });
  onTestFinished(() => transport.close());
  const store = await openSqliteStore({ directory: dataDirectory, owner: 'test' });
  onTestFinished(() => store.close());
  const plans = await planMonitors(loaded.config, store);

  const log = await readTopic(transport, TOPIC);
  for (const [partition, records] of log.entries()) {
    const fed = records.filter(({ headers }) => !('plumbline-end-of-input' in headers));
    expect(fed.map(({ value }) => Buffer.from(value ?? []).toString('utf8'))).toEqual(
      lines.filter((_, i) => i % PARTITIONS === partition),
    );
  }
  const baseline = readFileSync(join(directory, 'baseline.ndjson'), 'utf8');
  const baselineRows = baseline.trimEnd().split('\n');
  for (const profile of new Set(plans.map((plan) => plan.profile))) {
    const own = plans.filter((plan) => plan.profile.id === profile.id);
    const counted = recount(log.flat(), {
      ...{ layout: profile.layout.fields, paneMs: profile.paneMs },
    });
    const stored = await readCountedPanes(store, profile);
    expect(stored.tallies).toEqual(Object.fromEntries(counted.tallies));
    expectSamePanes(stored, { counted, layout: profile.layout.fields });
    await expectExactWindows(store, { plans: own, counted, baselineRows });
  }
}, 180_000);

/** Records that the status of the stream tells of, whatever became of them. */
async function countedRecords(url: string): Promise<number> {
  const response = await fetch(`${url}/api/v1/streams`);
  const { items } = (await response.json()) as {
    items: { status: { condition: string; tallies: Record<string, number> } }[];
  };
  const status = items[0]?.status;
  if (status?.condition !== 'ended') return 0;
  return Object.values(status.tallies).reduce((total, count) => total + count, 0);
}
