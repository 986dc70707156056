import { deepStrictEqual, equal } from 'node:assert/strict';
import { decodeBlock } from '#libs/profiles/block.ts';
import type { FieldCounts, Profile } from '#libs/profiles/counts.ts';
import type { ProfileDefinition } from '#libs/profiles/definition.ts';
import type { FieldLayout } from '#libs/profiles/layout.ts';
import { decodePane } from '#libs/profiles/pane.ts';
import type { Store } from '#libs/store/port.ts';
import type { Recount, RecountedField } from './recount.ts';

/** What a store holds of one profile, finished and unfinished blocks together. */
export interface CountedPanes {
  readonly panes: ReadonlyMap<number, readonly Profile[]>;
  readonly tallies: Readonly<Record<string, number>>;
}

export async function readCountedPanes(
  store: Store,
  profile: ProfileDefinition,
): Promise<CountedPanes> {
  const state = await store.profileState(profile.id);
  const panes = new Map<number, Profile[]>();
  const note = (start: number, counts: Profile) =>
    panes.set(start, [...(panes.get(start) ?? []), counts]);
  const range = { start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER };
  for (const { start, events, payload } of await store.panes(profile.id, range)) {
    const counts = decodePane(profile.layout, payload);
    equal(counts.events, events);
    note(start, counts);
  }
  const tallies: Record<string, number> = {};
  const tally = (name: string, count: number) => {
    if (count > 0) tallies[name] = (tallies[name] ?? 0) + count;
  };
  for (const { tallies: own, ranges } of state.applied) {
    // Every offset from the first one on, without a hole.
    deepStrictEqual(
      ranges.map(([from]) => from),
      [0],
    );
    for (const [name, count] of Object.entries(own)) {
      if (!name.startsWith('clock_')) tally(name, count);
    }
  }
  for (const { payload } of state.open) {
    const { panes: own, progress } = decodeBlock(profile, payload);
    for (const { start, profile: counts } of own) note(start, counts);
    tally('events', progress.events);
    tally('synthetic', progress.synthetic);
    tally('future', progress.future);
    for (const [reason, count] of Object.entries(progress.bad)) tally(`bad_${reason}`, count);
  }
  return { panes, tallies };
}

/** Every cell of every field of every pane, against the recount. */
export function expectSamePanes(
  { panes }: CountedPanes,
  { counted, layout }: { readonly counted: Recount; readonly layout: readonly FieldLayout[] },
): void {
  deepStrictEqual([...panes.keys()].sort(), [...counted.panes.keys()].sort());
  for (const [start, parts] of panes) {
    const expected = counted.panes.get(start)!;
    equal(
      parts.reduce((total, { events }) => total + events, 0),
      expected.events,
    );
    for (const [i, field] of layout.entries()) {
      const found = plainCounts(
        field,
        parts.map(({ fields }) => fields[i]!),
      );
      const { name } = field.spec;
      deepStrictEqual(
        { name, start, ...found },
        { name, start, ...sorted(expected.fields.get(name)!) },
      );
    }
  }
}

/** Counts of several parts in the recount's form. */
function plainCounts(layout: FieldLayout, parts: readonly FieldCounts[]): RecountedField {
  const plain: RecountedField = { cells: new Map(), missing: 0, wrongType: 0, infinite: 0 };
  const add = (cell: number | string, count: number) => {
    if (count > 0) plain.cells.set(cell, (plain.cells.get(cell) ?? 0) + count);
  };
  for (const counts of parts) {
    plain.missing += counts.missing;
    plain.wrongType += counts.wrongType;
    if (counts.kind === 'rates') add('present', counts.present);
    if (counts.kind === 'numeric') {
      plain.infinite += counts.infinite;
      for (const [cell, count] of counts.cells.entries()) add(cell, count);
    }
    if (counts.kind === 'categorical' && layout.kind === 'categorical') {
      equal(counts.other + counts.unseenBeyond, 0);
      for (const [cell, count] of counts.cells.entries()) add(layout.categories[cell]!, count);
      for (const [value, count] of counts.unseenValues) add(value, count);
    }
  }
  return sorted(plain);
}

function sorted(field: RecountedField): RecountedField {
  return { ...field, cells: new Map([...field.cells].sort(([a], [b]) => (a < b ? -1 : 1))) };
}
