import { describe, expect, it } from 'vitest';
import { checkedRecord, integer, listOf, number, oneOf, type Rules } from './checked-record.ts';

interface Sample {
  readonly share: number;
  readonly count: number;
  readonly side: 'left' | 'right';
  readonly steps: number[][];
}

const rules: Rules<Sample> = {
  share: number({ above: 0, below: 1 }),
  count: integer({ fallback: 3, atLeast: 1, atMost: 9 }),
  side: oneOf(['left', 'right'], 'left'),
  steps: listOf(listOf(number(), { atMost: 2 }), { atLeast: 1 }),
};

const check = (given: unknown): Sample => checkedRecord(given, { what: 'create it', rules });

describe('checkedRecord', () => {
  it('fills in defaults and shares no list', () => {
    const given = { share: 0.5, steps: [[1], []] };
    const record = check(given);
    expect(record).toEqual({ share: 0.5, count: 3, side: 'left', steps: [[1], []] });
    given.steps[0]!.push(2);
    expect(record.steps).toEqual([[1], []]);
  });

  it.each([
    [null, 'it must be an object, got null'],
    [[1], 'it must be an object, got a list of 1'],
    [{ steps: [[]] }, 'share must be a number, above 0 and below 1, got undefined'],
    [{ share: 1, steps: [[]] }, 'share must be a number, above 0 and below 1, got 1'],
    [{ share: Number.NaN }, 'share must be a number, above 0 and below 1, got NaN'],
    [{ share: 0.1, count: 2.5 }, 'count must be an integer, at least 1 and at most 9, got 2.5'],
    [{ share: 0.1, count: null }, 'count must be an integer, at least 1 and at most 9, got null'],
    [{ share: 0.1, count: '3' }, 'count must be an integer, at least 1 and at most 9, got "3"'],
    [{ share: 0.1, side: {} }, 'side must be left or right, got an object'],
    [
      { share: 0.1, steps: [] },
      'steps must be a list of at least 1 members, each a list of at least 0 and at most 2 members, each a number, got a list of 0',
    ],
    [{ share: 0.1, step: [] }, 'members must be of share, count, side, steps, got step'],
  ])('refuses %j', (given, message) => {
    expect(() => check(given)).toThrow(new RangeError(`Cannot create it: ${message}`));
  });
});
