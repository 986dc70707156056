import type { FieldCounts, Profile } from '#libs/profiles/counts.ts';
import type { FieldLayout, ProfileLayout } from '#libs/profiles/layout.ts';

/** How often each value of each field occurred, by pane. */
export type Recount = Map<number, { events: number; fields: Map<string, Map<unknown, number>> }>;

/** What came out when counts were compared with a recount. */
export interface Comparison {
  readonly panes: number;
  readonly events: number;
  /** Numbers that were compared. */
  readonly compared: number;
  /** The first differences, in words; empty when everything is equal. */
  readonly differences: readonly string[];
}

const DAY = 86_400_000;

/** Counts flights by day with nothing but `JSON.parse`, `Date` and `Map`. */
export function recountFlights(ndjson: Buffer): Recount {
  const panes: Recount = new Map();
  for (const line of ndjson.toString('utf8').split('\n')) {
    if (line === '') continue;
    const event = JSON.parse(line) as { readonly date: string };
    const date = new Date(`${event.date}Z`);
    const start = date.getTime() - (date.getTime() % DAY);
    let pane = panes.get(start);
    if (pane === undefined) {
      pane = { events: 0, fields: new Map() };
      panes.set(start, pane);
    }
    pane.events++;
    for (const [name, value] of [...Object.entries(event), ['hour', date.getUTCHours()] as const]) {
      let values = pane.fields.get(name);
      if (values === undefined) {
        values = new Map();
        pane.fields.set(name, values);
      }
      values.set(value, (values.get(value) ?? 0) + 1);
    }
  }
  return panes;
}

/** Compares every count of the profiles with the recount. */
export function compareCounts(
  layout: ProfileLayout,
  { profiles, recount }: { readonly profiles: Map<number, Profile>; readonly recount: Recount },
): Comparison {
  const differences: string[] = [];
  let compared = 0;
  let events = 0;
  const check = (where: string, got: number, expected: number): void => {
    compared++;
    if (got !== expected && differences.length < 10) {
      differences.push(`${where}: ${got} instead of ${expected}`);
    }
  };
  check('panes', profiles.size, recount.size);
  for (const [start, pane] of recount) {
    const profile = profiles.get(start);
    const day = new Date(start).toISOString().slice(0, 10);
    check(`${day} events`, profile?.events ?? 0, pane.events);
    if (profile === undefined) continue;
    events += profile.events;
    for (const [i, field] of layout.fields.entries()) {
      const { name } = field.spec;
      const expected = expectedCounts(field, pane.fields.get(name) ?? new Map());
      const got = flatten(profile.fields[i]!);
      check(`${day} ${name} numbers`, got.length, expected.length);
      for (const [at, count] of expected.entries()) {
        check(`${day} ${name} ${at}`, got[at] ?? Number.NaN, count);
      }
    }
  }
  return { panes: profiles.size, events, compared, differences };
}

/** Missing, wrong type, then the cells, then what has no cell. */
function flatten(counts: FieldCounts): number[] {
  const begin = [counts.missing, counts.wrongType];
  if (counts.kind === 'rates') return [...begin, counts.present];
  return counts.kind === 'numeric'
    ? [...begin, ...counts.cells, counts.infinite]
    : [...begin, ...counts.cells, counts.other, counts.unseen];
}

/** The same numbers from the values themselves, found without a grid or a table. */
function expectedCounts(field: FieldLayout, values: ReadonlyMap<unknown, number>): number[] {
  if (field.kind === 'rates') return [0, 0, [...values.values()].reduce((a, b) => a + b, 0)];
  if (field.kind === 'categorical') {
    const rest = new Map(values);
    const take = (category: string): number => {
      const count = rest.get(category) ?? 0;
      rest.delete(category);
      return count;
    };
    const cells = field.categories.map(take);
    const other = field.folded.map(take).reduce((a, b) => a + b, 0);
    return [0, 0, ...cells, other, [...rest.values()].reduce((a, b) => a + b, 0)];
  }
  const cells: number[] = new Array(2 * field.knots.length + 1).fill(0);
  let below = 0;
  for (const [value, count] of [...values].sort(([a], [b]) => Number(a) - Number(b))) {
    while (below < field.knots.length && field.knots[below]! < Number(value)) below++;
    const cell = field.knots[below] === value ? 2 * below + 1 : 2 * below;
    cells[cell]! += count;
  }
  return [0, 0, ...cells, 0];
}
