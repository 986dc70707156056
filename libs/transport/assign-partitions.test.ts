import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignPartitions } from './assign-partitions.ts';

const TOPICS = ['a', 'b', 'c'];
const topics = fc
  .tuple(fc.nat(12), fc.nat(12), fc.nat(12))
  .map(
    (counts) => new Map(TOPICS.map((topic, i) => [topic, keysOf(topic, counts[i] ?? 0)] as const)),
  );
const subscriptions = fc.array(fc.subarray(TOPICS, { minLength: 1 }), { maxLength: 6 });

function keysOf(topic: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${topic}/${i}`);
}

function members(subscribed: readonly (readonly string[])[], owned: readonly string[][] = []) {
  return subscribed.map((names, i) => ({ topics: new Set(names), owned: owned[i] ?? [] }));
}

test('each partition of a subscribed topic goes to exactly one subscriber', () => {
  fc.assert(
    fc.property(topics, subscriptions, (partitions, subscribed) => {
      const result = assignPartitions(members(subscribed), partitions);
      const wanted = TOPICS.filter((topic) => subscribed.some((names) => names.includes(topic)));
      expect(result.flat().sort()).toEqual(
        wanted.flatMap((topic) => partitions.get(topic) ?? []).sort(),
      );
      for (const [i, keys] of result.entries()) {
        for (const key of keys) expect(subscribed[i]).toContain(key.split('/')[0]);
      }
    }),
    { seed: 1 },
  );
});

test('counts differ by one at most, and a change moves no more than it must', () => {
  const counts = fc.tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 6 }));
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 6 }), ([size, before], after) => {
      const partitions = new Map([['a', keysOf('a', size)]]);
      const all = (n: number) => Array.from({ length: n }, () => ['a']);
      const first = assignPartitions(members(all(before)), partitions);
      const second = assignPartitions(members(all(after), first), partitions);
      for (const result of [first, second]) {
        const loads = result.map((keys) => keys.length);
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      }
      const kept = second.flatMap((keys, i) => keys.filter((key) => first[i]?.includes(key)));
      // A survivor keeps all it had, up to the largest share there is now.
      const mustKeep = second.reduce(
        (sum, keys, i) => sum + Math.min(keys.length, first[i]?.length ?? 0),
        0,
      );
      expect(kept.length).toBe(mustKeep);
    }),
    { seed: 2 },
  );
});

test('where a member wants to be the sole one, whoever owns most has everything', () => {
  const keys = new Map([['a', keysOf('a', 3)]]);
  const sole = (owned: readonly string[]) => ({ topics: new Set(['a']), owned, sole: true });
  expect(assignPartitions([sole([]), sole(['a/1'])], keys)).toEqual([[], keysOf('a', 3)]);
  expect(assignPartitions([sole([]), sole([])], keys)).toEqual([keysOf('a', 3), []]);
});
