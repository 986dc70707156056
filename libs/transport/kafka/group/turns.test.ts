import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('work runs one after the other in order, also after one has failed', async () => {
  const failures: unknown[] = [];
  const turns = new Turns((error) => failures.push(error));
  const done: number[] = [];
  let running = 0;
  const work = (n: number) => async () => {
    running += 1;
    expect(running).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    done.push(n);
    if (n === 1) throw new Error('one');
  };
  expect(turns.idle).toBe(true);
  const all = [0, 1, 2].map((n) => turns.run(work(n)));
  expect(turns.idle).toBe(false);
  await Promise.all(all);
  expect(done).toEqual([0, 1, 2]);
  expect(failures).toEqual([new Error('one')]);
  expect(turns.idle).toBe(true);
});

test('settled waits for the work, but no longer than asked', async () => {
  const turns = new Turns(() => {});
  expect(await turns.settled({ withinMs: 0 })).toBe(true);
  let finish = () => {};
  const work = turns.run(
    () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  );
  expect(await turns.settled({ withinMs: 5 })).toBe(false);
  const settled = turns.settled({ withinMs: 60_000 });
  finish();
  expect(await settled).toBe(true);
  await work;
});
