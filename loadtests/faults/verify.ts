import { deepStrictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { parseConfig } from '#libs/config/parse-config.ts';
import { planMonitors } from '#libs/planning/plan-monitors.ts';
import type { Store } from '#libs/store/port.ts';
import type { LogRecord, Transport } from '#libs/transport/port.ts';
import { until } from '#libs/transport/until.ts';
import { expectExactWindows } from '#services/cli/exactness/expect-exact-windows.ts';
import { type FinalState, readFinalState } from '#services/cli/exactness/final-state.ts';
import { expectSamePanes, readCountedPanes } from '#services/cli/exactness/read-counted-panes.ts';
import { readTopic, recount } from '#services/cli/exactness/recount.ts';
import { runService } from '#services/cli/run-service.ts';
import { faultsConfig, TOPIC } from './faults-config.ts';

/** What the comparison went over; every difference is an error instead. */
export interface Verified {
  readonly records: number;
  readonly panes: number;
  readonly cells: number;
  readonly evaluations: number;
}

/**
 * Compares what a store holds with the topic, in two ways: every cell of every pane with a recount
 * by plain code, and every evaluation, to the bit, with those of an undisturbed run over the same
 * records on the embedded engines.
 *
 * @throws AssertionError with the first difference
 */
export async function verify(options: {
  readonly directory: string;
  readonly transport: Transport;
  readonly store: Store;
}): Promise<Verified> {
  const { directory, transport, store } = options;
  const loaded = load(directory);
  const plans = await planMonitors(loaded.config, store);
  const log = await readTopic(transport, TOPIC);
  const baseline = readFileSync(join(directory, 'baseline.ndjson'), 'utf8');
  const baselineRows = baseline.trimEnd().split('\n');
  let panes = 0;
  let cells = 0;
  for (const profile of new Map(plans.map((plan) => [plan.profile.id, plan.profile])).values()) {
    const own = plans.filter((plan) => plan.profile.id === profile.id);
    const { fields } = profile.layout;
    const counted = recount(log.flat(), { layout: fields, paneMs: profile.paneMs });
    const stored = await readCountedPanes(store, profile);
    deepStrictEqual(sorted(stored.tallies), sorted(Object.fromEntries(counted.tallies)));
    expectSamePanes(stored, { counted, layout: fields });
    await expectExactWindows(store, { plans: own, counted, baselineRows });
    panes += counted.panes.size;
    for (const pane of counted.panes.values()) {
      for (const field of pane.fields.values()) cells += field.cells.size;
    }
  }
  const found = await readFinalState(store, plans);
  const expected = await undisturbed(loaded, log);
  deepStrictEqual(found.evaluations.length, expected.evaluations.length);
  for (const [i, text] of found.evaluations.entries()) {
    deepStrictEqual(JSON.parse(text), JSON.parse(expected.evaluations[i]!));
    deepStrictEqual(text, expected.evaluations[i]);
  }
  deepStrictEqual([...found.panes.keys()], [...expected.panes.keys()]);
  for (const [key, bytes] of found.panes) deepStrictEqual(bytes, expected.panes.get(key), key);
  return { records: log.flat().length, panes, cells, evaluations: found.evaluations.length };
}

function load(directory: string) {
  const loaded = parseConfig(faultsConfig({ directory }), {
    source: join(directory, 'undisturbed.yaml'),
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded;
}

/** The same records, in the same places, through one process to which nothing happens. */
async function undisturbed(
  loaded: ReturnType<typeof load>,
  log: readonly (readonly LogRecord[])[],
): Promise<FinalState> {
  const service = await runService({ loaded, logger: pino({ level: 'silent' }) });
  try {
    for (const [partition, records] of log.entries()) {
      for (let from = 0; from < records.length; from += 1000) {
        const part = records.slice(from, from + 1000).map((record) => ({ ...record, partition }));
        await service.transport.send(TOPIC, part);
      }
    }
    await awaitCounted(service.store, { transport: service.transport, plans: service.plans });
    return await readFinalState(service.store, service.plans);
  } finally {
    await service.stop();
  }
}

/** Waits until every record is in finished blocks, and the stream has ended. */
export async function awaitCounted(
  store: Store,
  {
    transport,
    plans,
    deadlineMs = 180_000,
  }: {
    readonly transport: Transport;
    readonly plans: Awaited<ReturnType<typeof planMonitors>>;
    readonly deadlineMs?: number;
  },
): Promise<void> {
  const partitions = (await transport.describe(TOPIC))?.partitions ?? [];
  await until(
    async () => {
      for (const { profile } of plans) {
        const { applied } = await store.profileState(profile.id);
        for (const { partition, end } of partitions) {
          const ranges = applied.find((one) => one.partition === partition)?.ranges ?? [];
          if ((ranges[0]?.[1] ?? 0) < end) return false;
        }
      }
      return (await store.listStreamStatus('default'))[0]?.condition === 'ended';
    },
    { what: 'all is counted and the stream has ended', deadlineMs, pollMs: 250 },
  );
}

function sorted(record: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(record).sort());
}
