import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluation } from '../state/evaluation.fixture.ts';
import { sparklineGeometry } from './sparkline-geometry.ts';

const BOX = { statistic: 'ks', width: 100, height: 30 };

test('everything lies within the box, whatever the values', () => {
  const value = fc.double({ min: -10, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), value, (values, critical) => {
      const history = values.map((statistic, start) =>
        evaluation({
          start,
          statistics: { ks: { statistic, threshold: { critical }, verdict: 'critical' } },
        }),
      );
      const { line, marks, limits } = sparklineGeometry(history, BOX);
      const numbers = line.split(/[ML ]/).filter((text) => text !== '');
      const points = numbers.map(Number);
      const xs = [...points.filter((_, i) => i % 2 === 0), ...marks.map(({ x }) => x)];
      const ys = [...points.filter((_, i) => i % 2 === 1), ...marks.map(({ y }) => y)];
      expect(points).toHaveLength(2 * values.length);
      expect(limits).toHaveLength(1);
      expect(xs.every((x) => x >= 0 && x <= BOX.width)).toBe(true);
      expect([...ys, ...limits.map(({ y }) => y)].every((y) => y >= 0 && y <= BOX.height)).toBe(
        true,
      );
    }),
    { seed: 3 },
  );
});

test('a window without the statistic leaves a gap, and the newest is always marked', () => {
  const ks = { statistic: 0.1, verdict: 'ok' } as const;
  const history = [
    evaluation({ start: 0, statistics: { ks } }),
    evaluation({ start: 1 }),
    evaluation({ start: 2, statistics: { ks } }),
  ];
  const { line, marks } = sparklineGeometry(history, BOX);
  expect(line.match(/M/g)).toHaveLength(2);
  expect(marks).toHaveLength(1);
});

test('no history is an empty line', () => {
  expect(sparklineGeometry([], BOX)).toEqual({ line: '', marks: [], limits: [] });
});
