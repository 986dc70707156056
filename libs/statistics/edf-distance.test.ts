import { describe, expect, it } from 'vitest';
import { edfDistance } from './edf-distance.ts';

describe('edfDistance', () => {
  it('takes both distances at the ends of cells, and says where', () => {
    const cells = {
      baseline: Float64Array.of(0, 4, 0, 0, 4),
      window: Float64Array.of(1, 0, 0, 3, 0),
    };
    const { d_plus, d_minus, plusAt, minusAt } = edfDistance(cells, 'x');
    expect([d_plus, plusAt]).toEqual([0.25, 1]);
    expect([d_minus, minusAt]).toEqual([0.5, 3]);
  });

  it('is exactly 0 for equal proportions of unequal samples', () => {
    const window = Float64Array.of(3, 1, 4, 1, 5);
    const baseline = window.map((count) => count * 7);
    expect(edfDistance({ baseline, window }, 'x')).toMatchObject({ d_plus: 0, d_minus: 0 });
  });

  it('refuses samples over different cells', () => {
    const cells = { baseline: new Float64Array(3), window: new Float64Array(5) };
    expect(() => edfDistance(cells, 'ks')).toThrow(
      'Cannot compute ks: both samples must have the same cells',
    );
  });
});
