import { expect, it } from 'vitest';
import { gTest } from './g-test.ts';
import table from './reference/bins.json' with { type: 'json' };
import { expectClose } from './reference/expect-close.ts';

it('agrees with SciPy', () => {
  for (const row of table.tables) {
    const result = gTest(row);
    expectClose(result.statistic, row.g, { relative: 1e-9 });
    expectClose(result.p_value, row.g_p, { relative: 1e-8 });
    expect(result.degrees_of_freedom).toBe(row.baseline.length - 1);
  }
});

it('counts an empty cell of the table as nothing, a column that is empty on both sides not at all', () => {
  const result = gTest({ baseline: [6, 0, 4], window: [0, 0, 5] });
  // 6 ln(6/3.6…) and so on, written out: 15 values, 6 and 9 of them in the two columns.
  const expected = 2 * (6 * Math.log(1.5) + 4 * Math.log(4 / 6) + 5 * Math.log(5 / 3));
  expectClose(result.statistic, expected, { relative: 1e-13 });
  expect(result).toMatchObject({ bins: 2, degrees_of_freedom: 1, n: 10, m: 5 });
});

it('is 0 with p = 1 where a single bin is left', () => {
  expect(gTest({ baseline: [0, 9], window: [0, 4] })).toMatchObject({ statistic: 0, p_value: 1 });
});
