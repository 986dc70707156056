import { setTimeout as pause } from 'node:timers/promises';
import { parseConfig } from '#libs/config/parse-config.ts';
import { planMonitors } from '#libs/planning/plan-monitors.ts';
import { seededRandom } from '#libs/statistics/reference/random.ts';
import { openPostgresStore } from '#libs/store/postgres/open-postgres-store.ts';
import { openKafkaTransport } from '#libs/transport/kafka/open-kafka-transport.ts';
import { endOfInput } from '#services/cli/exactness/end-input.ts';
import { STREAM_START } from '#services/cli/exactness/generated-events.ts';
import { startEventFlow } from './event-flow.ts';
import { BLOCK, faultsConfig, PARTITIONS, TOPIC } from './faults-config.ts';
import { FaultPlant } from './plant.ts';
import { type FaultRecord, runFaults } from './run-faults.ts';
import { awaitCounted, type Verified, verify } from './verify.ts';
import type { LogEntry } from './worker-process.ts';

const SESSION_TIMEOUT_MS = 6000;
const HEAP_MB = 384;
/** Faults follow each other by so long on average; the events are meant to last as long. */
const SECONDS_PER_FAULT = 3.5;
const HOUR = 3_600_000;

export interface FaultRunOptions {
  readonly seed: number;
  readonly faults: number;
  readonly brokers: 1 | 3;
  /** Events a second while faults happen. */
  readonly perSecond: number;
  /** Empty folder for data and logs. */
  readonly directory: string;
  readonly say: (line: string) => void;
}

/** One member's part in one rebalance. */
export interface SeenRebalance {
  readonly role: string;
  /** Time without consumption. */
  readonly milliseconds: number;
}

export interface FaultRun {
  readonly faults: readonly FaultRecord[];
  readonly verified: Verified;
  readonly events: number;
  readonly batchesRepeated: number;
  readonly workersStarted: number;
  /** What members said of their rebalances. */
  readonly rebalances: readonly SeenRebalance[];
  /** Log entries at level warn or above, by code or text. */
  readonly warnings: Readonly<Record<string, number>>;
  readonly diskFilled: boolean;
  readonly seconds: { readonly faults: number; readonly catchingUp: number; readonly all: number };
}

/** Runs Plumbline under faults and compares what it stored; any difference is thrown. */
export async function runWithFaults(options: FaultRunOptions): Promise<FaultRun> {
  const { directory, say, seed, perSecond } = options;
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  const rebalances: SeenRebalance[] = [];
  const warnings: Record<string, number> = {};
  const onEntry = (_worker: string, entry: LogEntry) => {
    const { milliseconds, role } = entry;
    if (entry.msg === 'rebalanced' && typeof milliseconds === 'number') {
      rebalances.push({ role: String(role), milliseconds: Math.round(milliseconds) });
    }
    if (entry.level !== 'warn' && entry.level !== 'error') return;
    const what = entry.code ?? entry.msg;
    warnings[what] = (warnings[what] ?? 0) + 1;
  };
  say(`starting ${options.brokers} broker(s), PostgreSQL and three workers`);
  const plant = await FaultPlant.start({
    ...{ directory, onEntry, brokers: options.brokers },
    ...{ heapMb: HEAP_MB, sessionTimeoutMs: SESSION_TIMEOUT_MS },
  });
  let transport: Awaited<ReturnType<typeof openKafkaTransport>> | undefined;
  try {
    transport = await openKafkaTransport({ brokers: plant.kafka.bootstrap });
    await transport.ensureTopic({ topic: TOPIC, partitions: PARTITIONS, cleanup: 'delete' });
    // One after the other: who builds the baseline first spares the others the work.
    for (let i = 0; i < 3; i++) await plant.add().ready;
    say(`${seconds().toFixed(1)} s  all are ready`);
    const events = Math.max(20_000, Math.round(options.faults * SECONDS_PER_FAULT * perSecond));
    const spanMs = Math.max(10 * HOUR, (events / 6000) * HOUR);
    const flow = startEventFlow({
      ...{ transport, events, seed, spanMs, perSecond, partitions: PARTITIONS },
    });
    const faultsBegan = seconds();
    const faults = await runFaults(options.faults, {
      ...{ plant, random: seededRandom(seed), sessionTimeoutMs: SESSION_TIMEOUT_MS },
      onFault: ({ number, kind, target }) =>
        say(`${seconds().toFixed(1)} s  fault ${number}: ${kind}, ${target} (${flow.sent} sent)`),
    });
    const faultsEnded = seconds();
    flow.hurry();
    await flow.done;
    say(`${seconds().toFixed(1)} s  all ${flow.sent} events are sent; waiting for the counts`);
    const end = { topic: TOPIC, blockSize: BLOCK, timestamp: STREAM_START + spanMs };
    await transport.send(TOPIC, await endOfInput(transport, end));
    const loaded = parseConfig(faultsConfig({ directory }), { source: 'faults.yaml' });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const store = await openPostgresStore({ url: plant.databaseUrl });
    let verified: Verified;
    try {
      const plans = await planMonitors(loaded.config, store);
      await awaitCounted(store, { transport, plans });
      say(`${seconds().toFixed(1)} s  all is counted; comparing`);
      const counted = seconds();
      // Windows that a last block completed are published within a step or two.
      await pause(3000);
      // Who is still starting would end at once, which is no way to leave.
      await Promise.all(plant.workers.map(({ ready, exited }) => Promise.race([ready, exited])));
      const left = await Promise.all(plant.workers.map((worker) => worker.leave()));
      const badly = left.filter((how) => how !== 'exit code 0');
      if (badly.length > 0) throw new Error(`workers ended badly when asked to: ${badly}`);
      verified = await verify({ directory, transport, store });
      return {
        ...{ faults, verified, rebalances, warnings, events: flow.sent },
        batchesRepeated: flow.repeated,
        workersStarted: plant.started,
        diskFilled: plant.disk !== null,
        seconds: {
          faults: faultsEnded - faultsBegan,
          catchingUp: counted - faultsEnded,
          all: seconds(),
        },
      };
    } finally {
      await store.close();
    }
  } finally {
    await transport?.close();
    await plant.stop();
  }
}
