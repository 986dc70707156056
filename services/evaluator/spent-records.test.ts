import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BlockRange, blockKey } from '#libs/profiles/block.ts';
import { type LostOffsets, lostKey } from '#libs/profiles/lost-offsets.ts';
import { OffsetRanges } from '#libs/windows/offset-ranges.ts';
import { SpentRecords } from './spent-records.ts';

const SIZE = 8;
const PROFILE = { id: 'p', blockSize: SIZE };

type Entry = { readonly key: string } & (
  | { readonly block: BlockRange }
  | { readonly lost: LostOffsets }
  | { readonly tombstone: true }
);

/**
 * The blocks topic of one profile with a profiler, zombies, and an evaluator that may crash between
 * any two of: counts stored, tombstones sent, position committed.
 */
class Model {
  readonly log: Entry[] = [];
  /** Where the profiler is, by partition and epoch. */
  readonly #next = new Map<string, number>();
  readonly stored = new Map<string, OffsetRanges>();
  committed = 0;
  #read = 0;
  #applied = new Map<string, OffsetRanges>();
  #spent = new SpentRecords(PROFILE);

  produce(partition: number, range?: { readonly from: number; readonly to: number }): void {
    const place = { topic: 't', partition, epoch: 0 };
    const from = range?.from ?? this.#next.get(`${partition}`) ?? 0;
    const index = Math.floor(from / SIZE);
    const block = { ...place, index, from, to: range?.to ?? (index + 1) * SIZE };
    this.log.push({ key: blockKey('p', block), block });
    if (range === undefined) this.#next.set(`${partition}`, block.to);
  }

  /** Retention takes some offsets, of which the profiler tells. */
  lose(partition: number, count: number): void {
    const from = this.#next.get(`${partition}`) ?? 0;
    const lost = { topic: 't', partition, epoch: 0, from, to: from + count };
    this.log.push({ key: lostKey('p', lost), lost });
    this.#next.set(`${partition}`, lost.to);
  }

  read(count: number): void {
    for (const entry of this.log.slice(this.#read, this.#read + count)) {
      this.#read++;
      if ('tombstone' in entry) continue;
      if ('lost' in entry) {
        this.#spent.noteLost(entry.lost);
        continue;
      }
      const { block } = entry;
      const applied = at(this.#applied, block);
      if (!applied.overlaps([block.from, block.to])) applied.add([block.from, block.to]);
      this.#spent.noteBlock(block);
    }
  }

  /** One step of the evaluator, as far as it gets. */
  step(reach: 'stored' | 'sent' | 'committed'): void {
    for (const [key, ranges] of this.#applied) {
      this.stored.set(key, new OffsetRanges(ranges.list()));
    }
    if (reach !== 'stored') {
      const keys = this.#spent.take((place) => at(this.stored, place).list());
      for (const key of keys) this.log.push({ key, tombstone: true });
    }
    if (reach === 'committed') this.committed = this.#read;
  }

  restart(): void {
    this.#read = this.committed;
    this.#spent = new SpentRecords(PROFILE);
    this.#applied = new Map(
      [...this.stored].map(([key, ranges]) => [key, new OffsetRanges(ranges.list())]),
    );
  }

  drain(): void {
    this.read(this.log.length);
    this.step('committed');
  }

  /** What compaction leaves in the end. */
  live(): Entry[] {
    const last = new Map(this.log.map((entry) => [entry.key, entry]));
    return [...last.values()].filter((entry) => !('tombstone' in entry));
  }

  /** Blocks that a compaction could take although their counts are stored nowhere. */
  inDanger(): Entry[] {
    return this.log.filter((entry, i) => {
      if (!('block' in entry)) return false;
      const { key, block } = entry;
      if (at(this.stored, block).overlaps([block.from, block.to])) return false;
      return this.log.slice(i).some((later) => later.key === key && 'tombstone' in later);
    });
  }
}

function at(
  ranges: Map<string, OffsetRanges>,
  { topic, partition, epoch }: Pick<BlockRange, 'topic' | 'partition' | 'epoch'>,
): OffsetRanges {
  const key = `${topic}/${partition}/${epoch}`;
  const found = ranges.get(key) ?? new OffsetRanges();
  ranges.set(key, found);
  return found;
}

const partition = fc.constantFrom(0, 1);
const action = fc.oneof(
  fc.record({ what: fc.constant('produce'), partition, count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ what: fc.constant('lose'), partition, count: fc.integer({ min: 1, max: 20 }) }),
  // Zombies write what was written before, or the whole of a block that another one had in part.
  fc.record({ what: fc.constantFrom('again', 'whole'), partition, count: fc.nat(6) }),
  fc.record({ what: fc.constant('read'), partition, count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({
    what: fc.constantFrom('crash stored', 'crash sent', 'commit', 'restart'),
    partition,
    count: fc.constant(0),
  }),
);

test('whatever crashes where, of each log only the newest block stays, and nothing goes unread', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const model = new Model();
      for (const one of [0, 1]) model.produce(one);
      model.drain();
      for (const { what, partition: own, count } of actions) {
        if (what === 'produce') for (let i = 0; i < count; i++) model.produce(own);
        if (what === 'lose') model.lose(own, count);
        if (what === 'again') {
          const old = model.log.filter((entry) => 'block' in entry).at(count)?.block;
          if (old !== undefined) model.produce(old.partition, old);
        }
        if (what === 'whole') model.produce(own, { from: count * SIZE, to: (count + 1) * SIZE });
        if (what === 'read') model.read(count);
        if (what === 'crash stored') model.step('stored');
        if (what === 'crash sent') model.step('sent');
        if (what === 'commit' || what === 'restart') model.step('committed');
        if (what.startsWith('crash') || what === 'restart') model.restart();
        expect(model.inDanger()).toEqual([]);
      }
      for (const one of [0, 1]) model.produce(one, { from: 800, to: 800 + SIZE });
      model.drain();
      expect(model.live().map(({ key }) => key)).toEqual(
        [0, 1].map((one) => blockKey('p', { topic: 't', partition: one, epoch: 0, index: 100 })),
      );
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('before there is a finished block the last lost range stays, and goes with the first one', () => {
  const model = new Model();
  model.lose(0, 3);
  model.lose(0, 4);
  model.drain();
  expect(model.live().map(({ key }) => key)).toEqual(['p/t/0/0/lost/3-7']);
  model.produce(0);
  model.drain();
  expect(model.live().map(({ key }) => key)).toEqual(['p/t/0/0/0']);
});

test('unfinished blocks and other logs are left alone', () => {
  const spent = new SpentRecords(PROFILE);
  const block = (epoch: number, index: number, to = (index + 1) * SIZE): BlockRange => ({
    ...{ topic: 't', partition: 0, epoch, index },
    ...{ from: index * SIZE, to },
  });
  for (const one of [block(0, 0), block(0, 1), block(1, 0), block(1, 1, 12)]) spent.noteBlock(one);
  const applied = ({ epoch }: { readonly epoch: number }) =>
    epoch === 0 ? ([[0, 16]] as const) : ([[0, 8]] as const);
  expect(spent.take(applied)).toEqual(['p/t/0/0/0']);
  expect(spent.take(applied)).toEqual([]);
});
