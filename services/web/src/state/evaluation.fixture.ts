import type { Evaluation, StatisticFigure } from '#libs/detectors/evaluation.ts';

/** An evaluation for tests of pure logic: windows of one millisecond, made of what matters. */
export function evaluation(parts: {
  readonly start: number;
  readonly revision?: number;
  readonly verdict?: Evaluation['verdict'];
  readonly statistics?: Readonly<Record<string, StatisticFigure>>;
}): Evaluation {
  return {
    namespace: 'default',
    monitor: 'm',
    field: 'f',
    segment: null,
    window: { start: parts.start, end: parts.start + 1 },
    revision: parts.revision ?? 1,
    verdict: parts.verdict ?? 'ok',
    reason_code: 'within_limits',
    reason: 'Within limits.',
    n: 1_000,
    m: 500,
    statistics: parts.statistics ?? {},
    warnings: [],
    published_at: 0,
    provenance: {
      profile_id: 'p',
      baseline: { name: 'b', version: '1', hash: 'h' },
      offsets: {},
      excused: [],
      config_revision: 1,
    },
  };
}
