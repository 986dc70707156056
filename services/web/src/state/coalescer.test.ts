import { expect, test } from 'vitest';
import { type CoalescerClock, createCoalescer } from './coalescer.ts';

/** A clock that only the test moves. */
function handClock(): CoalescerClock & { advance(ms: number): void } {
  let now = 0;
  let timers: { readonly at: number; readonly run: () => void }[] = [];
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      now += ms;
      const due = timers.filter((timer) => timer.at <= now);
      timers = timers.filter((timer) => timer.at > now);
      for (const timer of due) timer.run();
    },
  };
}

/** Lets promises that are already settled run their reactions. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

test('the first item goes at once, a burst after it in one batch per interval', async () => {
  const clock = handClock();
  const batches: (readonly number[])[] = [];
  const coalescer = createCoalescer<number>({
    interval: 1_000,
    clock,
    run: async (batch) => void batches.push(batch),
  });
  coalescer.add(0);
  await settle();
  for (let item = 1; item <= 50; item++) coalescer.add(item);
  await settle();
  expect(batches).toEqual([[0]]);
  clock.advance(999);
  expect(batches).toHaveLength(1);
  clock.advance(1);
  expect(batches).toHaveLength(2);
  expect(batches[1]).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  await settle();
  coalescer.add(51);
  clock.advance(999);
  expect(batches).toHaveLength(2);
  clock.advance(1);
  expect(batches[2]).toEqual([51]);
});

test('no batch starts while one is being worked on, and none is forgotten', async () => {
  const clock = handClock();
  const batches: (readonly string[])[] = [];
  const gate = Promise.withResolvers<void>();
  const coalescer = createCoalescer<string>({
    interval: 10,
    clock,
    run(batch) {
      batches.push(batch);
      return batches.length === 1 ? gate.promise : Promise.resolve();
    },
  });
  coalescer.add('a');
  coalescer.add('b');
  clock.advance(1_000);
  await settle();
  expect(batches).toEqual([['a']]);
  gate.resolve();
  await settle();
  expect(batches).toEqual([['a'], ['b']]);
});

test('a failed batch does not stop later ones', async () => {
  const clock = handClock();
  let runs = 0;
  const coalescer = createCoalescer<number>({
    interval: 10,
    clock,
    run: async () => {
      runs++;
      throw new Error('unreachable');
    },
  });
  coalescer.add(1);
  await settle();
  coalescer.add(2);
  clock.advance(10);
  await settle();
  expect(runs).toBe(2);
});

test('nothing runs after stop', async () => {
  const clock = handClock();
  let runs = 0;
  const coalescer = createCoalescer<number>({ interval: 10, clock, run: async () => void runs++ });
  coalescer.add(1);
  await settle();
  coalescer.add(2);
  coalescer.stop();
  coalescer.add(3);
  clock.advance(100);
  await settle();
  expect(runs).toBe(1);
});
