import { resolveCheck } from '#libs/config/parse-check.ts';
import type { CheckDocument } from '#libs/config/schemas/check.ts';
import { createJudge } from '#libs/detectors/create-judge.ts';
import type { Verdict } from '#libs/detectors/evaluation.ts';
import { type MonitorRules, resolveRules } from '#libs/detectors/rules.ts';
import { judgeReference } from '#libs/planning/judge-reference.ts';
import { compareField, compareVolume } from './compare-field.ts';
import type { Comparison, FieldComparison } from './comparison.ts';
import type { Profile } from './profile.ts';
import { referenceWindow } from './reference-window.ts';

/** How counts are judged, by the keys of a configuration. */
export type EvaluateOptions = Pick<
  CheckDocument,
  'thresholds' | 'min_samples' | 'significance' | 'evidence' | 'zero_fill' | 'missing_as_bin'
>;

/** From the worst on. */
const SEVERITY: readonly Verdict[] = ['critical', 'warning', 'insufficient_data', 'ok'];

/**
 * Compares a profile with its baseline: every statistic that applies to a field, and a verdict with
 * its reason. A verdict needs an effect (a threshold) and evidence (a p-value, adjusted over all
 * fields). Rows are taken as independent unless the baseline has event times.
 *
 * Pure: equal counts give equal results, to the bit. Time O(cells) for each field, and with event
 * times as much again for each of up to 500 stretches of the baseline.
 *
 * @throws PlumblineError PLB_CONFIG_INVALID for options that do not fit
 */
export function evaluate(profile: Profile, options: EvaluateOptions = {}): Comparison {
  const { baseline, timeRange } = profile;
  const { layout } = baseline.cells;
  const timed = baseline.time !== undefined && timeRange !== null;
  const window = timed ? referenceWindow(baseline.counts, timeRange) : null;
  const config = resolveCheck(options);
  const rules: MonitorRules = resolveRules(layout, {
    ...config,
    bins: baseline.bins,
    ...(timed ? {} : { evidence: 'iid', volume: { kind: 'off' } }),
  });
  const range = window?.range ?? { start: 0, end: 1 };
  const windowMs = range.end - range.start;
  const judge = createJudge({
    layout,
    reference: judgeReference(baseline.counts, {
      projected: baseline.cells,
      paneMs: window?.paneMs ?? null,
    }),
    rules,
    windowMs,
    hopMs: windowMs,
  });
  const assessments = judge.judge({
    profile: profile.counts,
    range,
    complete: window?.complete ?? false,
  });
  const fields = layout.fields.map((field, i): [string, FieldComparison] => [
    field.spec.name,
    // Assessments stand in the layout's order, then the one of the volume.
    compareField(assessments[i]!, { profile, rules, index: i }),
  ]);
  const volume = assessments.find(({ field }) => field === null);
  const volumes = timed && volume !== undefined ? { volume: compareVolume(volume) } : {};
  const verdicts = fields.map(([, { verdict }]) => verdict);
  // A volume that cannot be judged leaves the fields decided.
  const { verdict = 'ok' } = volumes.volume ?? {};
  if (verdict !== 'insufficient_data') verdicts.push(verdict);
  return {
    fields: Object.fromEntries(fields),
    verdict: SEVERITY.find((level) => verdicts.includes(level)) ?? 'ok',
    baseline: { rows: baseline.rows, hash: baseline.hash },
    current: { rows: profile.rows },
    ...volumes,
    notes: notesOf(profile),
  };
}

/** Most columns that a note names. */
const MOST_NAMED = 10;

function notesOf({ baseline, columns, untimed, rows }: Profile): string[] {
  const compared = new Set(baseline.fields.map(({ name }) => name));
  const notes = baseline.warnings.flatMap(({ field, message }) =>
    field === null || compared.has(field)
      ? []
      : [`Column ${JSON.stringify(field)} of the baseline is not compared: ${message}.`],
  );
  const { columns: before } = baseline;
  if (before !== null && rows > 0) {
    const added = [...columns].filter((name) => !before.has(name));
    if (added.length > 0) {
      const named = added.slice(0, MOST_NAMED).map((name) => JSON.stringify(name));
      const more = added.length > MOST_NAMED ? `, and ${added.length - MOST_NAMED} more` : '';
      const what = added.length === 1 ? 'Column' : 'Columns';
      notes.push(`${what} only in the current data, not compared: ${named.join(', ')}${more}.`);
    }
  }
  if (untimed > 0) {
    notes.push(`${untimed} of ${rows} current rows have no usable event time.`);
  }
  return notes;
}
