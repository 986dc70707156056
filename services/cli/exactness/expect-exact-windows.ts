import { deepStrictEqual } from 'node:assert/strict';
import type { MonitorPlan } from '#libs/planning/plan-monitors.ts';
import type { Store } from '#libs/store/port.ts';
import { allEvaluations } from './final-state.ts';
import type { Recount, RecountedField } from './recount.ts';

/**
 * Every window between the first and the last event is published, no revision twice, and the newest
 * one says the numbers of values that the recount has.
 */
export async function expectExactWindows(
  store: Store,
  {
    plans,
    counted,
    baselineRows,
  }: {
    readonly plans: readonly MonitorPlan[];
    readonly counted: Recount;
    /** NDJSON lines. */
    readonly baselineRows: readonly string[];
  },
): Promise<void> {
  const all = await allEvaluations(store, 'all');
  const latest = await allEvaluations(store, 'latest');
  const usableRows = usableBaselineValues(baselineRows);
  const panes = [...counted.panes.keys()];
  for (const { monitor, profile } of plans) {
    const { windowMs, hopMs, name } = monitor;
    const first = Math.floor(Math.min(...panes) / hopMs) * hopMs;
    const end = Math.ceil((Math.max(...panes) + profile.paneMs) / hopMs) * hopMs;
    const expected: string[] = [];
    for (let start = first; start + windowMs <= end; start += hopMs) {
      const inside = panes
        .filter((pane) => pane >= start && pane < start + windowMs)
        .map((pane) => counted.panes.get(pane)!);
      for (const { spec } of profile.layout.fields) {
        const m = sum(inside.map(({ fields }) => usable(fields.get(spec.name)!)));
        expected.push(describe({ start, field: spec.name, n: usableRows(spec.name), m }));
      }
      const m = sum(inside.map(({ events }) => events));
      expected.push(describe({ start, field: null, n: baselineRows.length, m }));
    }
    const found = latest
      .filter((evaluation) => evaluation.monitor === name)
      .map(({ window, field, n, m }) => describe({ start: window.start, field, n, m }));
    deepStrictEqual(found.sort(), expected.sort());

    const revisions = new Map<string, number[]>();
    for (const evaluation of all) {
      if (evaluation.monitor !== name) continue;
      const key = `${evaluation.window.start} ${evaluation.field}`;
      revisions.set(key, [...(revisions.get(key) ?? []), evaluation.revision]);
    }
    for (const [key, own] of revisions) {
      deepStrictEqual([key, ...own], [key, ...own.keys()]);
    }
  }
}

function describe(line: { start: number; field: string | null; n: number; m: number }): string {
  return `${new Date(line.start).toISOString()} ${line.field}: n ${line.n}, m ${line.m}`;
}

function usable({ cells }: RecountedField): number {
  return sum([...cells.values()]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Rows of the baseline in which a field is not null. */
function usableBaselineValues(lines: readonly string[]): (field: string) => number {
  const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const nulls = new Map<string, number>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      if (value === null) nulls.set(name, (nulls.get(name) ?? 0) + 1);
    }
  }
  return (field) => rows.length - (nulls.get(field) ?? 0);
}
