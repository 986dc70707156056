import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { missingForKafka } from '#deploy/kafka/fetch-kafka.ts';
import { findPostgres } from '#deploy/postgres/postgres-program.ts';
import { parseConfig } from '#libs/config/parse-config.ts';
import { planMonitors } from '#libs/planning/plan-monitors.ts';
import { openPostgresStore } from '#libs/store/postgres/open-postgres-store.ts';
import { openKafkaTransport } from '#libs/transport/kafka/open-kafka-transport.ts';
import { until } from '#libs/transport/until.ts';
import { endOfInput } from '#services/cli/exactness/end-input.ts';
import { STREAM_START } from '#services/cli/exactness/generated-events.ts';
import { type EventFlow, startEventFlow } from './event-flow.ts';
import { BLOCK, faultsConfig, PARTITIONS, TOPIC } from './faults-config.ts';
import { FaultPlant } from './plant.ts';
import { awaitCounted, verify } from './verify.ts';

const program = findPostgres();
const missing = missingForKafka() ?? ('missing' in program ? program.missing : undefined);
const TITLE = 'twelve partitions, one process, then four, then two, while events flow';
const EVENTS = 24_000;
const SPAN = 10 * 3_600_000;

/** Who holds how many partitions, by role and worker, from the workers' logs. */
class Shares {
  readonly #held = new Map<string, number>();

  /** Takes an entry of a worker's log. */
  note(worker: string, entry: { readonly [key: string]: unknown }): void {
    if (entry.msg !== 'partitions assigned') return;
    this.#held.set(`${entry.role} ${worker}`, Number(entry.partitions));
  }

  gone(worker: string): void {
    for (const role of ['profiler', 'evaluator']) this.#held.delete(`${role} ${worker}`);
  }

  /** Partitions of the profilers that have any, in order. */
  get profilers(): readonly number[] {
    return [...this.#held]
      .filter(([key, count]) => key.startsWith('profiler') && count > 0)
      .map(([, count]) => count)
      .sort((a, b) => a - b);
  }
}

async function sent(flow: EventFlow, share: number): Promise<void> {
  await until(() => flow.sent >= EVENTS * share, {
    ...{ what: `${share} of the events are sent`, deadlineMs: 60_000 },
  });
}

if (missing !== undefined && process.env.CI !== 'true') {
  describe.skip(`${TITLE} (not run: ${missing})`, () => test('needs Kafka and PostgreSQL'));
} else {
  test(`${TITLE}: exact`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'plumbline-scale-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const shares = new Shares();
    const errors: string[] = [];
    const plant = await FaultPlant.start({
      ...({ directory, brokers: 1, heapMb: 256, sessionTimeoutMs: 6000 } as const),
      onEntry(worker, entry) {
        shares.note(worker, entry);
        if (entry.level === 'error') errors.push(entry.msg);
      },
    });
    onTestFinished(() => plant.stop());
    const transport = await openKafkaTransport({ brokers: plant.kafka.bootstrap });
    onTestFinished(() => transport.close());
    await transport.ensureTopic({ topic: TOPIC, partitions: PARTITIONS, cleanup: 'delete' });
    const held = (counts: readonly number[]) =>
      until(() => shares.profilers.join() === counts.join(), {
        what: `partitions are shared out as ${counts.join()}`,
        deadlineMs: 60_000,
      });

    await plant.add().ready;
    await held([12]);
    const flow = startEventFlow({
      ...{ transport, events: EVENTS, seed: 17, spanMs: SPAN, perSecond: 2000 },
      partitions: PARTITIONS,
    });
    await sent(flow, 0.2);
    for (let i = 0; i < 3; i++) plant.add();
    await held([3, 3, 3, 3]);
    await sent(flow, 0.6);
    const [first, second] = plant.workers;
    // One is asked to end, the other is not: its partitions are free when its session is over.
    expect(await first!.leave()).toBe('exit code 0');
    await second!.kill();
    for (const { name } of [first!, second!]) shares.gone(name);
    flow.hurry();
    await flow.done;
    await held([6, 6]);

    const end = { topic: TOPIC, blockSize: BLOCK, timestamp: STREAM_START + SPAN };
    await transport.send(TOPIC, await endOfInput(transport, end));
    const loaded = parseConfig(faultsConfig({ directory }), { source: 'scale-out.yaml' });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const store = await openPostgresStore({ url: plant.databaseUrl });
    onTestFinished(() => store.close());
    const plans = await planMonitors(loaded.config, store);
    await awaitCounted(store, { transport, plans, deadlineMs: 60_000 });
    for (const worker of plant.workers) expect(await worker.leave()).toBe('exit code 0');
    const verified = await verify({ directory, transport, store });
    expect(verified.records).toBeGreaterThanOrEqual(EVENTS);
    expect(verified.evaluations).toBeGreaterThan(100);
    expect(errors).toEqual([]);
  }, 180_000);
}
