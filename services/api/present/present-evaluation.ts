import type { Static } from 'typebox';
import type { Evaluation } from '#libs/detectors/evaluation.ts';
import type { EvaluationItem } from '../schemas/evaluation.ts';
import { iso, isoRange } from './iso.ts';

/** An evaluation as the API answers it. */
export function presentEvaluation(evaluation: Evaluation): Static<typeof EvaluationItem> {
  const { provenance, detail } = evaluation;
  return {
    namespace: evaluation.namespace,
    monitor: evaluation.monitor,
    field: evaluation.field,
    segment: evaluation.segment,
    window: isoRange(evaluation.window),
    revision: evaluation.revision,
    verdict: evaluation.verdict,
    reason: evaluation.reason,
    reason_code: evaluation.reason_code,
    n: evaluation.n,
    m: evaluation.m,
    statistics: evaluation.statistics,
    warnings: evaluation.warnings,
    profile_id: provenance.profile_id,
    baseline: provenance.baseline,
    offsets: provenance.offsets,
    excused: provenance.excused,
    config_revision: provenance.config_revision,
    complete: provenance.complete ?? true,
    sampling: provenance.sampling ?? null,
    published_at: iso(evaluation.published_at),
    ...(detail === undefined ? {} : { detail }),
  };
}
