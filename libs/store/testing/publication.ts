import type { Assessment } from '#libs/detectors/evaluation.ts';
import type { ProfileCommit, Publication } from '../port.ts';

/** A complete assessment of which a test names only what it is about. */
export function assessment(given: Partial<Assessment> = {}): Assessment {
  return {
    field: 'amount',
    segment: null,
    verdict: 'ok',
    reason_code: 'within_thresholds',
    reason: 'Every statistic is below its thresholds.',
    n: 5000,
    m: 1200,
    statistics: { ks: { statistic: 0.04, p_value: 0.2, threshold: { warning: 0.1 } } },
    warnings: [],
    ...given,
  };
}

/** A complete publication of which a test names only what it is about. */
export function publication(
  given: Partial<Publication> & Pick<Publication, 'namespace'>,
): Publication {
  return {
    monitor: 'fraud',
    window: { start: 0, end: 1000 },
    revision: 1,
    events: 1200,
    publishedAt: 5000,
    provenance: {
      profile_id: 'p',
      baseline: { name: 'train', version: 'v1', hash: 'abc' },
      offsets: { 'scored/0': 17, 'scored/1': 4 },
      excused: ['scored/2'],
      config_revision: 3,
    },
    assessments: [assessment()],
    ...given,
  };
}

/** A commit that changes nothing but what is given. */
export function profileCommit(
  given: Partial<ProfileCommit> & Pick<ProfileCommit, 'profileId' | 'expectedVersion'>,
): ProfileCommit {
  return { panes: [], applied: [], open: [], publications: [], ...given };
}
