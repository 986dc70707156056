import { describe, expect, it } from 'vitest';
import { quantileEdges } from './quantile-edges.ts';
import table from './reference/bins.json' with { type: 'json' };

describe('quantileEdges', () => {
  it('agrees with NumPy’s inverted_cdf, with heavy values added', () => {
    for (const { values, counts, bins, expected } of table.edges) {
      expect(quantileEdges({ values, counts, bins })).toEqual(expected);
    }
  });

  it('keeps every value where there are fewer than bins', () => {
    expect(quantileEdges({ values: [1, 2, 3], counts: [98, 1, 1], bins: 10 })).toEqual([1, 2, 3]);
  });

  it('keeps a heavy smallest and a heavy largest value', () => {
    const values = Array.from({ length: 20 }, (_, index) => index);
    const counts = values.map((value) => (value === 0 || value === 19 ? 40 : 1));
    const edges = quantileEdges({ values, counts, bins: 10 });
    expect(edges).toContain(0);
    expect(edges).toContain(19);
  });

  it('refuses no bins', () => {
    expect(() => quantileEdges({ values: [1], counts: [1], bins: 0 })).toThrow(
      /integer ≥ 1, got 0/,
    );
  });
});
