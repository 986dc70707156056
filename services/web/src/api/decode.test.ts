import { expect, test } from 'vitest';
import { decodeEvaluation, decodeMonitor } from './decode.ts';
import type { WireEvaluation } from './wire.ts';

const WIRE: WireEvaluation = {
  namespace: 'default',
  monitor: 'm',
  field: 'f',
  segment: null,
  window: { start: '2001-03-14T00:00:00.000Z', end: '2001-03-15T00:00:00.000Z' },
  revision: 2,
  verdict: 'ok',
  reason: 'r',
  reason_code: 'c',
  n: 1,
  m: 2,
  statistics: {},
  warnings: [],
  profile_id: 'p',
  baseline: { name: 'b', version: '1', hash: 'h' },
  offsets: { 'flights/0': 7 },
  excused: [],
  config_revision: 4,
  complete: true,
  sampling: null,
  published_at: '2001-03-15T01:00:00.000Z',
};

test('times become numbers and the provenance one object', () => {
  const { window, published_at, provenance } = decodeEvaluation(WIRE);
  expect(window).toEqual({ start: Date.UTC(2001, 2, 14), end: Date.UTC(2001, 2, 15) });
  expect(published_at).toBe(Date.UTC(2001, 2, 15, 1));
  expect(provenance).toMatchObject({ profile_id: 'p', config_revision: 4, complete: true });
  expect(provenance).not.toHaveProperty('sampling');
});

test('that only a sample was counted is part of the provenance', () => {
  const { provenance } = decodeEvaluation({ ...WIRE, sampling: { share: 0.1 } });
  expect(provenance.sampling).toEqual({ share: 0.1 });
});

test('an unknown statistic is left out, an unknown member of a known one too', () => {
  const { statistics } = decodeEvaluation({
    ...WIRE,
    statistics: {
      ks: { statistic: 0.2, p_value: null, threshold: { warning: 0.1 } },
      wasserstein: { statistic: null },
    },
  });
  expect(statistics).toEqual({ ks: { statistic: 0.2, threshold: { warning: 0.1 } } });
});

test('points of which a part is unknown leave the curve', () => {
  const { detail } = decodeEvaluation({
    ...WIRE,
    detail: {
      bins: [],
      cumulative: { x: [1, 2, null], baseline: [0.1, null, 1], window: [0.2, 0.4, 1] },
      gap: { x: null, baseline: 0.1, window: 0.2 },
    },
  });
  expect(detail).toEqual({ bins: [], cumulative: { x: [1], baseline: [0.1], window: [0.2] } });
});

test('a stream that no evaluator reports on is not watched, whatever was last known', () => {
  const stream = {
    name: 's',
    reason: 'r',
    watermark: null,
    tallies: {},
    lag: null,
    sampling: null,
  };
  const decoded = (stale: boolean) =>
    decodeMonitor({
      name: 'm',
      definition: { baseline: 'b', window_ms: 1, hop_ms: 1, owner: null, runbook: null },
      stream: { ...stream, condition: 'live', stale },
      verdict: null,
      fields: [],
    }).stream.condition;
  expect(decoded(false)).toBe('live');
  expect(decoded(true)).toBe('unwatched');
});
