import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Profile } from '#libs/profiles/counts.ts';
import { decodePane, encodePane } from '#libs/profiles/pane.ts';
import { countRows, type Row, rowArbitrary } from '#libs/profiles/testing/rows.ts';
import type { AppliedRanges, OpenBlockRecord, PaneRecord, ProfileState } from '#libs/store/port.ts';
import { type Applied, ProfileAggregate } from './profile-aggregate.ts';
import { BLOCK, blockOf, DEFINITION, HOUR, rowsAt } from './testing/blocks.ts';

const ALL = { start: -100 * HOUR, end: 100 * HOUR };

/** An aggregate that is stored and read back whenever a test says so. */
class Kept {
  readonly #panes = new Map<number, PaneRecord>();
  readonly #applied = new Map<string, AppliedRanges>();
  readonly #open = new Map<string, OpenBlockRecord>();
  aggregate = this.#load();

  #load(): ProfileAggregate {
    const state: ProfileState = {
      version: 1,
      applied: [...this.#applied.values()],
      open: [...this.#open.values()],
      panes: [...this.#panes.values()],
    };
    return new ProfileAggregate({
      ...{ definition: DEFINITION, state },
      loadPanes: async ({ start, end }) =>
        [...this.#panes.values()].filter((pane) => pane.start >= start && pane.start < end),
    });
  }

  apply(...args: Parameters<typeof blockOf>): Promise<Applied> {
    const { block, payload } = blockOf(...args);
    return this.aggregate.apply(block, payload);
  }

  lose(from: number, to: number): Promise<boolean> {
    return this.aggregate.lose({ topic: 'flights', partition: 0, epoch: 0, from, to });
  }

  commit(): void {
    const { panes, applied, open, dropPanesBefore } = this.aggregate.changes();
    for (const pane of panes) this.#panes.set(pane.start, pane);
    for (const start of [...this.#panes.keys()]) {
      if (dropPanesBefore !== undefined && start < dropPanesBefore) this.#panes.delete(start);
    }
    const key = (place: { topic: string; partition: number; epoch: number }) =>
      `${place.topic}/${place.partition}/${place.epoch}`;
    for (const ranges of applied) this.#applied.set(key(ranges), ranges);
    for (const record of open) {
      if (record.payload === null) this.#open.delete(key(record));
      else this.#open.set(key(record), record);
    }
    this.aggregate.committed();
  }

  restart(): void {
    this.aggregate = this.#load();
  }

  storedPanes(): Map<number, Profile> {
    return new Map(
      [...this.#panes].map(([start, { payload }]) => [
        start,
        decodePane(DEFINITION.layout, payload),
      ]),
    );
  }

  /** What all windows together hold, as bytes. */
  async whole(): Promise<string> {
    const profile = await this.aggregate.window(ALL);
    return Buffer.from(encodePane(DEFINITION.layout, profile)).toString('hex');
  }
}

function bytesOf(rows: readonly Row[]): string {
  const profile = countRows(DEFINITION.layout, rows);
  return Buffer.from(encodePane(DEFINITION.layout, profile)).toString('hex');
}

/** Blocks of one partition: unfinished ones that grow, then the finished one; some twice. */
const deliveries = fc
  .array(rowArbitrary, { minLength: BLOCK, maxLength: 4 * BLOCK })
  .chain((rows) => {
    const blocks = Math.ceil(rows.length / BLOCK);
    const cuts = fc.array(fc.integer({ min: 1, max: BLOCK }), { maxLength: 5 });
    return fc.tuple(
      ...[fc.constant(rows), fc.array(cuts, { minLength: blocks, maxLength: blocks })],
      fc.array(fc.constantFrom('commit', 'restart', 'again', 'on'), {
        minLength: 1,
        maxLength: 40,
      }),
    );
  });

test('counts equal those of the rows, whatever came unfinished, twice, or across a restart', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, async ([rows, cuts, moves]) => {
      const kept = new Kept();
      let move = 0;
      const seen: [Row[], { from: number }][] = [];
      for (const [index, sizes] of cuts.entries()) {
        const from = index * BLOCK;
        const own = rows.slice(from, from + BLOCK);
        for (const size of [...sizes.filter((size) => size < own.length), own.length]) {
          const delivery: [Row[], { from: number }] = [own.slice(0, size), { from }];
          seen.push(delivery);
          await kept.apply(...delivery);
          const next = moves[move++ % moves.length];
          if (next === 'commit' || next === 'restart') kept.commit();
          if (next === 'restart') kept.restart();
          if (next === 'again') for (const old of seen) await kept.apply(...old);
        }
      }
      expect(await kept.whole()).toBe(bytesOf(rows));
      kept.commit();
      kept.restart();
      expect(await kept.whole()).toBe(bytesOf(rows));
      const events = [...kept.aggregate.paneEvents().values()].reduce((a, b) => a + b, 0);
      expect(events).toBe(rows.length);
      expect(kept.aggregate.tallies()).toEqual({ events: rows.length });
      expect(kept.aggregate.offsets()).toEqual({ 'flights/0': rows.length });
      expect(kept.aggregate.gaps()).toEqual([]);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('finished blocks of several partitions add up in any order to the same stored bits', async () => {
  const parts = fc.array(fc.array(rowArbitrary, { minLength: BLOCK, maxLength: BLOCK }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(parts, fc.infiniteStream(fc.nat(5)), async (blocks, order) => {
      const places = blocks.map((rows, i) => ({
        rows,
        place: { partition: i % 2, from: BLOCK * Math.floor(i / 2) },
      }));
      const straight = new Kept();
      for (const { rows, place } of places) await straight.apply(rows, place);
      straight.commit();
      const mixed = new Kept();
      for (const left = [...places]; left.length > 0; ) {
        const [{ rows, place }] = left.splice(order.next().value % left.length, 1) as [
          (typeof places)[number],
        ];
        await mixed.apply(rows, place);
        mixed.commit();
      }
      expect(mixed.storedPanes()).toEqual(straight.storedPanes());
    }),
    { seed: 2, numRuns: 40 },
  );
});

test('an unfinished block is told apart, replaced by a wider one, and never by a narrower one', async () => {
  const kept = new Kept();
  const outcome = async (count: number) =>
    kept.apply(rowsAt(...Array.from({ length: count }, () => 1)), { from: 0 });
  expect(await outcome(2)).toEqual({ kind: 'open', events: 2, records: 2 });
  expect(await outcome(5)).toEqual({ kind: 'open', events: 3, records: 3 });
  expect(await outcome(3)).toEqual({ kind: 'ignored' });
  expect(await outcome(5)).toEqual({ kind: 'ignored' });
  kept.commit();
  expect(kept.storedPanes().size).toBe(0);
  expect(kept.aggregate.offsets()).toEqual({ 'flights/0': 5 });
  expect(await outcome(BLOCK)).toEqual({ kind: 'closed', events: 3, records: 3 });
  expect(await outcome(BLOCK)).toEqual({ kind: 'ignored' });
  expect(await outcome(6)).toEqual({ kind: 'ignored' });
  expect(kept.aggregate.paneEvents()).toEqual(new Map([[HOUR, BLOCK]]));
});

test('probes bring no events and no records; what is future brings a record only', async () => {
  const kept = new Kept();
  const rows = rowsAt(1, 1);
  const place = { from: 0, to: 4 };
  expect(await kept.apply(rows, { ...place, to: 2 })).toMatchObject({ events: 2, records: 2 });
  expect(await kept.apply(rows, { ...place, synthetic: 2 })).toEqual({
    ...{ kind: 'open', events: 0, records: 0 },
  });
  expect(await kept.apply(rows, { ...place, to: 5, synthetic: 2, future: 1 })).toEqual({
    ...{ kind: 'open', events: 0, records: 1 },
  });
  expect(kept.aggregate.tallies()).toEqual({ events: 2, synthetic: 2, future: 1 });
});

test('what stands before lost offsets is counted for good', async () => {
  const kept = new Kept();
  await kept.apply(rowsAt(1, 2), { from: 0 });
  // Retention has taken [2, 20): the block of the first rows will never be finished.
  expect(await kept.lose(0, 20)).toBe(true);
  expect(await kept.lose(0, 20)).toBe(false);
  await kept.apply(rowsAt(3), { from: 20, to: 21 });
  kept.commit();
  kept.restart();
  expect(kept.aggregate.paneEvents()).toEqual(
    new Map([
      [HOUR, 1],
      [2 * HOUR, 1],
      [3 * HOUR, 1],
    ]),
  );
  expect(await kept.whole()).toBe(bytesOf(rowsAt(1, 2, 3)));
  await kept.apply(rowsAt(3, 3, 3, 3), { from: 20, to: 24 });
  expect(kept.aggregate.gaps()).toEqual([]);
  expect(kept.aggregate.tallies()).toEqual({ events: 6, lost: 18 });
  expect(kept.aggregate.lost()).toEqual([
    {
      ...{ topic: 'flights', partition: 0, epoch: 0, from: 2, to: 20, cause: 'log' },
      ...{ after: HOUR, before: 3 * HOUR },
    },
  ]);
  expect(await kept.apply(rowsAt(1, 1, 1, 1, 1, 1, 1, 1), { from: 8 })).toMatchObject({
    kind: 'closed',
  });
  // Somebody had read it before it was lost.
  expect(kept.aggregate.lost()).toMatchObject([
    { from: 2, to: 8 },
    { from: 16, to: 20 },
  ]);
  expect(kept.aggregate.tallies()).toEqual({ events: 14, lost: 10 });
});

test('an unfinished block waits for its finished one, also when later blocks come first', async () => {
  const kept = new Kept();
  await kept.apply(rowsAt(1, 1), { from: BLOCK });
  await kept.apply(rowsAt(2, 2, 2, 2, 2, 2, 2, 2), { from: 2 * BLOCK });
  await kept.apply(rowsAt(3), { from: 3 * BLOCK });
  kept.commit();
  kept.restart();
  expect(await kept.apply(rowsAt(1, 1, 1, 1, 1, 1, 1, 1), { from: BLOCK })).toMatchObject({
    kind: 'closed',
  });
  expect(kept.aggregate.paneEvents()).toEqual(
    new Map([
      [2 * HOUR, BLOCK],
      [HOUR, BLOCK],
      [3 * HOUR, 1],
    ]),
  );
});

test('of a finished block that is in with a part the rest is lost, and said to be once', async () => {
  const kept = new Kept();
  const rows = rowsAt(1, 2, 3, 4, 5, 6, 7, 8);
  await kept.apply(rows.slice(4), { from: 4 });
  await kept.apply(rows.slice(0, 2), { from: 0, to: 2 });
  expect(await kept.apply(rows, { from: 0 })).toEqual({ kind: 'refused', lost: [[2, 4]] });
  expect(await kept.apply(rows, { from: 0 })).toEqual({ kind: 'refused', lost: [] });
  kept.commit();
  kept.restart();
  expect(await kept.apply(rows, { from: 0 })).toEqual({ kind: 'refused', lost: [] });
  expect(await kept.apply(rows.slice(4), { from: 4 })).toEqual({ kind: 'ignored' });
  expect(await kept.whole()).toBe(bytesOf([...rows.slice(0, 2), ...rows.slice(4)]));
  expect(kept.aggregate.tallies()).toEqual({ events: 6, lost: 2 });
  expect(kept.aggregate.lost()).toMatchObject([
    { cause: 'overlap', after: HOUR, before: 8 * HOUR },
  ]);
});

test('a lost range is told of until the panes that it may touch are gone; its number stays', async () => {
  const kept = new Kept();
  await kept.lose(0, BLOCK);
  await kept.apply(rowsAt(1, 1, 1, 1, 1, 1, 1, 2), { from: BLOCK });
  kept.aggregate.retainFrom(2 * HOUR);
  expect(kept.aggregate.lost()).toHaveLength(1);
  kept.aggregate.retainFrom(3 * HOUR);
  kept.commit();
  kept.restart();
  expect(kept.aggregate.lost()).toEqual([]);
  expect(kept.aggregate.tallies()).toEqual({ events: 8, lost: BLOCK });
});

test('a log that begins anew ends the time that what the one before lost may be of', async () => {
  const kept = new Kept();
  await kept.lose(0, 5 * BLOCK);
  await kept.apply(rowsAt(4, 4, 4, 4, 4, 4, 4, 4), { from: 0, epoch: 1 });
  expect(kept.aggregate.lost()).toMatchObject([{ epoch: 0, before: 4 * HOUR }]);
});

test('events that sampling left out are records, and counted by themselves', async () => {
  const kept = new Kept();
  const place = { from: 0, to: 6, sampledOut: 4 };
  expect(await kept.apply(rowsAt(1, 2), place)).toEqual({ kind: 'open', events: 2, records: 6 });
  expect(kept.aggregate.tallies()).toEqual({ events: 2, sampled_out: 4 });
  expect(await kept.whole()).toBe(bytesOf(rowsAt(1, 2)));
});

test('an unfinished block that begins within the one before it takes its place', async () => {
  const kept = new Kept();
  await kept.apply(rowsAt(1, 1, 1, 1), { from: 0 });
  await kept.apply(rowsAt(1, 1, 1), { from: 2 });
  await kept.apply(rowsAt(1, 1, 1, 1, 1, 1), { from: 2 });
  expect(kept.aggregate.tallies()).toEqual({ events: 6 });
});

test('another epoch of the log is counted beside the one before', async () => {
  const kept = new Kept();
  const rows = rowsAt(...Array.from({ length: BLOCK }, () => 1));
  await kept.apply(rows, { from: 0 });
  await kept.apply(rows, { from: BLOCK });
  expect(await kept.apply(rows, { from: 0, epoch: 1 })).toMatchObject({ kind: 'closed' });
  kept.commit();
  kept.restart();
  expect(kept.aggregate.paneEvents()).toEqual(new Map([[HOUR, 3 * BLOCK]]));
  expect(kept.aggregate.offsets()).toEqual({ 'flights/0': BLOCK });
});

test('ranges that have not arrived are gaps until they do', async () => {
  const kept = new Kept();
  const rows = rowsAt(...Array.from({ length: BLOCK }, () => 1));
  await kept.apply(rows, { from: 0 });
  await kept.apply(rows, { from: 2 * BLOCK });
  expect(kept.aggregate.gaps()).toEqual([
    { topic: 'flights', partition: 0, epoch: 0, from: BLOCK, to: 2 * BLOCK },
  ]);
  await kept.apply(rows, { from: BLOCK });
  expect(kept.aggregate.gaps()).toEqual([]);
});

test('panes before the retention are gone, and what comes for them later is said to have expired', async () => {
  const kept = new Kept();
  await kept.apply(rowsAt(1, 2, 3, 1, 2, 3, 1, 2), { from: 0 });
  kept.commit();
  kept.aggregate.retainFrom(2 * HOUR);
  kept.commit();
  expect([...kept.storedPanes().keys()]).toEqual([2 * HOUR, 3 * HOUR]);
  await kept.apply(rowsAt(1, 1, 1, 2, 2, 2, 2, 2), { from: BLOCK });
  kept.commit();
  expect(kept.storedPanes().get(HOUR)).toBeUndefined();
  expect(kept.storedPanes().get(2 * HOUR)?.events).toBe(8);
  expect(kept.aggregate.tallies()).toEqual({ events: 16, expired: 3 });
});

test('a pane that was let go of is read back before it is added to', async () => {
  const kept = new Kept();
  const rows = rowsAt(1, 1, 1, 1, 1, 1, 1, 2);
  await kept.apply(rows, { from: 0 });
  kept.aggregate.evictBefore(10 * HOUR);
  expect(await kept.whole()).toBe(bytesOf(rows));
  kept.commit();
  kept.aggregate.evictBefore(10 * HOUR);
  await kept.apply(rows, { from: BLOCK });
  kept.commit();
  expect(kept.storedPanes().get(HOUR)?.events).toBe(14);
});

test('a partition’s clock goes on where the block furthest in the log stood', async () => {
  const kept = new Kept();
  await kept.apply(rowsAt(5, 6, 7, 8, 9, 9, 9, 9), { from: BLOCK, ended: true });
  await kept.apply(rowsAt(1, 1, 1, 1, 1, 1, 1, 1), { from: 0 });
  kept.commit();
  kept.restart();
  expect(kept.aggregate.clocks()).toEqual([
    {
      ...{ key: 'flights/0', time: 9 * HOUR, ended: true, lastTimestamp: 9 * HOUR },
      said: { epoch: 0, offset: 2 * BLOCK },
    },
  ]);
  // Probes behind the end do not make it go on; an event does.
  await kept.apply([], { from: 2 * BLOCK, to: 3 * BLOCK, synthetic: BLOCK });
  expect(kept.aggregate.clocks()[0]).toMatchObject({ ended: true });
  await kept.apply(rowsAt(9), { from: 3 * BLOCK });
  expect(kept.aggregate.clocks()[0]).toMatchObject({ ended: false });
});
