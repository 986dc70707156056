import type { FieldSpec } from '#libs/profiles/field.ts';
import {
  compileCategoryReader,
  compileNumericReader,
  compilePresenceReader,
} from '#libs/profiles/value.ts';
import type { BaselineField, SparsePane } from './baseline.ts';
import { ValueRuns } from './value-runs.ts';
import type { BaselineWarning } from './warning.ts';

/** Collects one field over the panes (slots) of a baseline. */
export interface FieldAccumulator {
  /** Counts a source value in the slot; slots are numbered from 0 without gaps. */
  add(source: unknown, slot: number): void;
  /** Counts source values in the slot, each as often as `times` says. */
  addCounted(sources: readonly unknown[], times: Float64Array, slot: number): void;
  /** `order[i]` is the slot of pane i; without panes the one slot is the total. */
  finish(order: readonly number[], paned: boolean): FinishedField;
}

interface FinishedField {
  readonly field: BaselineField;
  readonly warnings: readonly BaselineWarning[];
}

/** A text field with more distinct values than this identifies rows; only its rates are kept. */
export const MAX_CATEGORIES = 200_000;

/** One slot's counts while they grow. */
class Slot {
  /** Values of a number field, places in the category table of a text field. */
  readonly runs = new ValueRuns();
  missing = 0;
  wrongType = 0;
  infinite = 0;
}

/** One slot's counts of presence alone. */
class PresenceSlot {
  present = 0;
  missing = 0;
  wrongType = 0;
}

const newSlot = (): Slot => new Slot();
const newPresenceSlot = (): PresenceSlot => new PresenceSlot();

function slotAt<T>(slots: T[], at: number, create: () => T): T {
  const known = slots[at];
  if (known !== undefined) return known;
  const slot = create();
  slots[at] = slot;
  return slot;
}

/** What a field of this type collects. */
export function createFieldAccumulator(spec: FieldSpec): FieldAccumulator {
  switch (spec.type) {
    case 'numeric':
    case 'circular':
      return numericAccumulator(spec);
    case 'categorical':
    case 'boolean':
      return categoricalAccumulator(spec);
    case 'timestamp':
    case 'id':
      return presenceAccumulator(spec);
  }
}

function numericAccumulator(spec: FieldSpec): FieldAccumulator {
  const read = compileNumericReader(spec);
  const slots: Slot[] = [];
  return {
    add(source, at) {
      const slot = slotAt(slots, at, newSlot);
      const value = read(source);
      if (Number.isFinite(value)) slot.runs.add(value);
      else if (Number.isNaN(value)) slot.missing += 1;
      else if (value > 0) slot.infinite += 1;
      else slot.wrongType += 1;
    },
    addCounted(sources, times, at) {
      const slot = slotAt(slots, at, newSlot);
      const values = new Float64Array(sources.length);
      const counts = new Float64Array(sources.length);
      let usable = 0;
      for (let i = 0; i < sources.length; i++) {
        const value = read(sources[i]);
        const count = times[i]!;
        if (Number.isFinite(value)) {
          values[usable] = value;
          counts[usable++] = count;
        } else if (Number.isNaN(value)) slot.missing += count;
        else if (value > 0) slot.infinite += count;
        else slot.wrongType += count;
      }
      slot.runs.addCounted(values.subarray(0, usable), counts);
    },
    finish(order, paned) {
      const parts = partsOf(slots, order);
      const values = unionOf(parts.map(({ runs }) => runs.values));
      const panes = parts.map((part) => sparsePane(part, values));
      return {
        field: {
          kind: 'numeric',
          spec,
          values,
          counts: totalOf(panes, values.length),
          missing: sum(panes, 'missing'),
          wrongType: sum(panes, 'wrongType'),
          infinite: sum(panes, 'infinite'),
          panes: paned ? panes : [],
        },
        warnings: [],
      };
    },
  };
}

function categoricalAccumulator(spec: FieldSpec): FieldAccumulator {
  const read = compileCategoryReader(spec);
  const places = new Map<string, number>();
  const slots: Slot[] = [];
  // Kept beside, since the field may turn out to be an id, whose rates have other rules.
  const presence = presenceAccumulator({ ...spec, type: 'id' });
  let overflown = false;
  /** The place of a category; `undefined` once there are too many. */
  const placeOf = (category: string): number | undefined => {
    const known = places.get(category);
    if (known !== undefined) return known;
    const place = places.size;
    places.set(category, place);
    if (places.size <= MAX_CATEGORIES) return place;
    overflown = true;
    places.clear();
    slots.length = 0;
    return undefined;
  };
  return {
    add(source, at) {
      presence.add(source, at);
      if (overflown) return;
      const slot = slotAt(slots, at, newSlot);
      const category = read(source);
      if (category === undefined) slot.missing += 1;
      else if (category === null) slot.wrongType += 1;
      else {
        const place = placeOf(category);
        if (place !== undefined) slot.runs.add(place);
      }
    },
    addCounted(sources, times, at) {
      presence.addCounted(sources, times, at);
      if (overflown) return;
      const slot = slotAt(slots, at, newSlot);
      const found = new Float64Array(sources.length);
      const counts = new Float64Array(sources.length);
      let usable = 0;
      for (let i = 0; i < sources.length; i++) {
        const category = read(sources[i]);
        if (category === undefined) slot.missing += times[i]!;
        else if (category === null) slot.wrongType += times[i]!;
        else {
          const place = placeOf(category);
          if (place === undefined) return;
          found[usable] = place;
          counts[usable++] = times[i]!;
        }
      }
      slot.runs.addCounted(found.subarray(0, usable), counts);
    },
    finish(order, paned) {
      if (overflown) {
        const message = `more than ${MAX_CATEGORIES} distinct texts: taken as an id, of which only rates are monitored`;
        const { field } = presence.finish(order, paned);
        return { field, warnings: [{ code: 'identifier', field: spec.name, message }] };
      }
      const names = [...places.keys()];
      const values = [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      for (const [rank, name] of values.entries()) places.set(name, rank);
      const rank = Uint32Array.from(names, (name) => places.get(name)!);
      const panes = partsOf(slots, order).map((part) => rankedPane(part, rank));
      return {
        field: {
          kind: 'categorical',
          spec,
          values,
          counts: totalOf(panes, values.length),
          missing: sum(panes, 'missing'),
          wrongType: sum(panes, 'wrongType'),
          panes: paned ? panes : [],
        },
        warnings: [],
      };
    },
  };
}

function presenceAccumulator(spec: FieldSpec): FieldAccumulator {
  const read = compilePresenceReader(spec);
  const slots: PresenceSlot[] = [];
  return {
    add(source, at) {
      const slot = slotAt(slots, at, newPresenceSlot);
      const outcome = read(source);
      if (outcome === 'present') slot.present += 1;
      else if (outcome === 'missing') slot.missing += 1;
      else slot.wrongType += 1;
    },
    addCounted(sources, times, at) {
      const slot = slotAt(slots, at, newPresenceSlot);
      for (let i = 0; i < sources.length; i++) {
        const outcome = read(sources[i]);
        if (outcome === 'present') slot.present += times[i]!;
        else if (outcome === 'missing') slot.missing += times[i]!;
        else slot.wrongType += times[i]!;
      }
    },
    finish(order, paned) {
      const panes = order.map((at): SparsePane => {
        const { present, missing, wrongType } = slots[at] ?? new PresenceSlot();
        const some = present > 0;
        return {
          index: some ? Uint32Array.of(0) : new Uint32Array(0),
          count: some ? Float64Array.of(present) : new Float64Array(0),
          missing,
          wrongType,
          infinite: 0,
        };
      });
      return {
        field: {
          kind: 'rates',
          spec,
          present: panes.reduce((total, { count }) => total + (count[0] ?? 0), 0),
          missing: sum(panes, 'missing'),
          wrongType: sum(panes, 'wrongType'),
          panes: paned ? panes : [],
        },
        warnings: [],
      };
    },
  };
}

interface Part {
  readonly runs: { readonly values: Float64Array; readonly counts: Float64Array };
  readonly slot: Slot;
}

function partsOf(slots: readonly Slot[], order: readonly number[]): Part[] {
  return order.map((at) => {
    const slot = slots[at] ?? new Slot();
    return { runs: slot.runs.finish(), slot };
  });
}

/** Distinct values of sorted lists, sorted. */
function unionOf(lists: readonly Float64Array[]): Float64Array {
  const [first] = lists;
  if (lists.length === 1 && first !== undefined) return first.slice();
  const all = new Float64Array(lists.reduce((total, list) => total + list.length, 0));
  let length = 0;
  for (const list of lists) {
    all.set(list, length);
    length += list.length;
  }
  all.sort();
  let distinct = 0;
  for (let i = 0; i < all.length; i++) {
    if (i === 0 || all[i] !== all[distinct - 1]) all[distinct++] = all[i]!;
  }
  return all.slice(0, distinct);
}

function sparsePane({ runs, slot }: Part, values: Float64Array): SparsePane {
  const index = new Uint32Array(runs.values.length);
  let low = 0;
  for (let i = 0; i < index.length; i++) {
    const value = runs.values[i]!;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    index[i] = low;
  }
  return withRates({ index, count: runs.counts.slice() }, slot);
}

/** A pane whose runs hold places in the table: by their rank instead. */
function rankedPane({ runs, slot }: Part, rank: Uint32Array): SparsePane {
  const length = runs.values.length;
  // Rank and position in one number: sorting numbers takes a tenth of what sorting pairs takes.
  const keys = Float64Array.from(runs.values, (place, i) => rank[place]! * length + i).sort();
  return withRates(
    {
      index: Uint32Array.from(keys, (key) => Math.floor(key / length)),
      count: Float64Array.from(keys, (key) => runs.counts[key % length]!),
    },
    slot,
  );
}

function withRates(counts: Pick<SparsePane, 'index' | 'count'>, slot: Slot): SparsePane {
  const { missing, wrongType, infinite } = slot;
  return { ...counts, missing, wrongType, infinite };
}

function totalOf(panes: readonly SparsePane[], length: number): Float64Array {
  const total = new Float64Array(length);
  for (const { index, count } of panes) {
    for (let i = 0; i < index.length; i++) total[index[i]!]! += count[i]!;
  }
  return total;
}

function sum(panes: readonly SparsePane[], key: 'missing' | 'wrongType' | 'infinite'): number {
  return panes.reduce((total, pane) => total + pane[key], 0);
}
