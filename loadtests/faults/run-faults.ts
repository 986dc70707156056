import { setTimeout as pause } from 'node:timers/promises';
import { type BegunFault, FAULT_KINDS, type FaultContext, type FaultKind } from './fault-kinds.ts';

/** One fault as it happened; times in milliseconds since the first one could begin. */
export interface FaultRecord {
  readonly number: number;
  readonly kind: string;
  readonly target: string;
  readonly from: number;
  to: number | null;
}

/**
 * Lets faults happen one after the other, often before the last one is over, chosen by the seed.
 * Resolves when all are undone; begins no more, and rejects, once one could not be.
 */
export async function runFaults(
  count: number,
  context: FaultContext & {
    readonly onFault: (fault: FaultRecord) => void;
    /** All of them unless given. */
    readonly kinds?: readonly FaultKind[];
  },
): Promise<readonly FaultRecord[]> {
  const { random, plant, kinds = FAULT_KINDS } = context;
  const begun = performance.now();
  const elapsed = () => Math.round(performance.now() - begun);
  const records: FaultRecord[] = [];
  const undoing = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const struck = new Set<FaultKind['strikes']>();
  while (records.length < count && failures.length === 0) {
    const kind = choose(kinds, random);
    const from = elapsed();
    const fault = struck.has(kind.strikes) ? null : await kind.begin(context);
    if (fault === null) {
      await pause(100);
      continue;
    }
    if (kind.strikes !== 'worker') struck.add(kind.strikes);
    const record: FaultRecord = {
      ...{ number: records.length + 1, kind: kind.name, target: fault.target, from, to: null },
    };
    records.push(record);
    context.onFault(record);
    const over = undo(fault)
      .then(
        () => {
          record.to = elapsed();
          struck.delete(kind.strikes);
        },
        (error: unknown) => failures.push(error),
      )
      .then(() => {
        undoing.delete(over);
      });
    undoing.add(over);
    await pause(500 + random() * 3500);
    while (plant.workers.length < 2) plant.add();
  }
  await Promise.all(undoing);
  if (failures.length > 0) throw failures[0];
  return records;
}

async function undo(fault: BegunFault): Promise<void> {
  await pause(fault.holdMs);
  await fault.undo();
}

function choose(kinds: readonly FaultKind[], random: () => number): FaultKind {
  let rest = random() * kinds.reduce((total, { weight }) => total + weight, 0);
  for (const kind of kinds) {
    rest -= kind.weight;
    if (rest < 0) return kind;
  }
  return kinds[0]!;
}
