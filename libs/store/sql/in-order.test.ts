import { expect, test } from 'vitest';
import { InOrder } from './in-order.ts';

test('work of one key goes one after the other, failures included; other keys do not wait', async () => {
  const order = new InOrder();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const step = (name: string, until: Promise<void> = Promise.resolve()) =>
    order.run(name[0] ?? '', async () => {
      seen.push(`${name} begins`);
      await until;
      seen.push(`${name} ends`);
      if (name === 'a2') throw new Error('boom');
      return name;
    });
  const all = Promise.allSettled([step('a1', gate.promise), step('a2'), step('a3')]);
  expect(await step('b1')).toBe('b1');
  expect(seen).toEqual(['a1 begins', 'b1 begins', 'b1 ends']);
  gate.resolve();
  expect((await all).map((o) => (o.status === 'fulfilled' ? o.value : 'failed'))).toEqual([
    'a1',
    'failed',
    'a3',
  ]);
  expect(seen.slice(3)).toEqual(['a1 ends', 'a2 begins', 'a2 ends', 'a3 begins', 'a3 ends']);
  expect(await step('a4')).toBe('a4');
});
