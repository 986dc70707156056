import { expect, test } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { untilPossible } from './until-possible.ts';

const refused = (port: number) =>
  new PlumblineError('PLB_TRANSPORT_UNAVAILABLE', `Cannot reach k:${port}`);

/** Fails as often as there are errors, then answers how many attempts there were. */
async function attempts(errors: readonly Error[], options: { readonly remindMs?: number } = {}) {
  const told: (string | null)[] = [];
  let attempt = 0;
  const work = async () => {
    const error = errors[attempt++];
    if (error !== undefined) throw error;
    return attempt;
  };
  const answer = await untilPossible(work, {
    ...options,
    onTrouble: (reason) => void told.push(reason?.message ?? null),
  });
  return { answer, told };
}

test('it goes on once the other system is there, and says each reason once', async () => {
  const { answer, told } = await attempts([refused(1), refused(2), refused(1)]);
  expect(answer).toBe(4);
  expect(told).toEqual(['Cannot reach k:1', 'Cannot reach k:2', null]);
});

test('a reason that lasts is said again', async () => {
  const { told } = await attempts([refused(1), refused(1)], { remindMs: 100 });
  expect(told).toEqual(['Cannot reach k:1', 'Cannot reach k:1', null]);
});

test('where there was nothing to wait for, nothing is said', async () => {
  expect(await attempts([])).toEqual({ answer: 1, told: [] });
});

test.each([
  new PlumblineError('PLB_CONFIG_INVALID', 'Cannot start'),
  new PlumblineError('PLB_INTERNAL', 'a defect'),
  new TypeError('no error of ours'),
])('what another attempt cannot help is thrown at once: %s', async (wrong) => {
  await expect(attempts([wrong])).rejects.toBe(wrong);
});
