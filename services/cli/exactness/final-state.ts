import type { Evaluation } from '#libs/detectors/evaluation.ts';
import type { MonitorPlan } from '#libs/planning/plan-monitors.ts';
import type { Store } from '#libs/store/port.ts';

/** What two runs over the same events must have in common, to the bit. */
export interface FinalState {
  /** Newest evaluations as JSON, by monitor, window and field. */
  readonly evaluations: readonly string[];
  /** Stored panes by profile and start. */
  readonly panes: ReadonlyMap<string, string>;
  /** Counters of the stream, by profile. */
  readonly tallies: readonly Readonly<Record<string, number>>[];
}

/** Every evaluation of a store, in the store's own order. */
export async function allEvaluations(
  store: Store,
  revisions: 'latest' | 'all' = 'latest',
): Promise<Evaluation[]> {
  const found: Evaluation[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await store.evaluations({
      namespace: 'default',
      ...{ revisions, order: 'asc', limit: 2000, detail: true },
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items);
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}

export async function readFinalState(
  store: Store,
  plans: readonly MonitorPlan[],
): Promise<FinalState> {
  const evaluations = (await allEvaluations(store)).map(comparable);
  const panes = new Map<string, string>();
  const tallies: Record<string, number>[] = [];
  for (const id of [...new Set(plans.map(({ profile }) => profile.id))].sort()) {
    const state = await store.profileState(id);
    const range = { start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER };
    for (const { start, payload } of await store.panes(id, range)) {
      panes.set(`${id} ${new Date(start).toISOString()}`, Buffer.from(payload).toString('base64'));
    }
    const total: Record<string, number> = {};
    for (const { tallies: own } of state.applied) {
      for (const [name, count] of Object.entries(own)) {
        if (!name.startsWith('clock_')) total[name] = (total[name] ?? 0) + count;
      }
    }
    tallies.push(Object.fromEntries(Object.entries(total).sort()));
  }
  return { evaluations, panes, tallies };
}

/** An evaluation without what tells of the run instead of the events. */
export function comparable(evaluation: Evaluation): string {
  const { published_at: _, provenance, revision: __, ...rest } = evaluation;
  const { profile_id, baseline } = provenance;
  return JSON.stringify({ ...rest, profile_id, baseline });
}
