import type { Baseline, BaselineField } from '#libs/baselines/baseline.ts';
import { createFieldCounter } from '#libs/baselines/count-field.ts';
import { projectBaseline } from '#libs/baselines/project.ts';
import { createJudge } from '#libs/detectors/create-judge.ts';
import type { Assessment, Verdict } from '#libs/detectors/evaluation.ts';
import { type RulesInput, resolveRules } from '#libs/detectors/rules.ts';
import { trimUnseen } from '#libs/profiles/category-table.ts';
import { createProfile } from '#libs/profiles/profile.ts';
import { judgeReference } from './judge-reference.ts';

/** What one baseline says about another. */
export interface BaselineComparison {
  /** The worst of the fields. */
  readonly verdict: Verdict;
  /** Fields that both have, by name. */
  readonly fields: readonly Assessment[];
  readonly only_before: readonly string[];
  readonly only_after: readonly string[];
  /** Fields that are not read or compared as they were, and why. */
  readonly changed: readonly { readonly field: string; readonly reason: string }[];
}

const DAY = 86_400_000;
const WORST: readonly Verdict[] = ['ok', 'insufficient_data', 'no_baseline', 'warning', 'critical'];

/**
 * Judges the rows of one baseline as if they were a window that is compared with the other, over
 * every distinct value and category. How much `before` varied from pane to pane is the evidence
 * where both have event times; otherwise rows are taken as independent.
 *
 * @throws RangeError for rules that do not fit
 */
export function compareBaselines(
  baselines: { readonly before: Baseline; readonly after: Baseline },
  rules: RulesInput = {},
): BaselineComparison {
  const { before, after } = baselines;
  const others = new Map(after.fields.map((field) => [field.spec.name, field]));
  const pairs = before.fields.flatMap((field) => {
    const other = others.get(field.spec.name);
    return other === undefined ? [] : [{ field, other, reason: changeOf(field, other) }];
  });
  const alike = pairs.filter(({ reason }) => reason === undefined);
  const fields =
    alike.length === 0
      ? []
      : judgeFields(baselines, { others: alike.map(({ other }) => other), rules });
  const known = new Set(before.fields.map(({ spec }) => spec.name));
  const worst = Math.max(0, ...fields.map(({ verdict }) => WORST.indexOf(verdict)));
  return {
    verdict: WORST[worst]!,
    fields,
    only_before: before.fields.map(({ spec }) => spec.name).filter((name) => !others.has(name)),
    only_after: after.fields.map(({ spec }) => spec.name).filter((name) => !known.has(name)),
    changed: pairs.flatMap(({ field, reason }) =>
      reason === undefined ? [] : [{ field: field.spec.name, reason }],
    ),
  };
}

function judgeFields(
  { before, after }: { readonly before: Baseline; readonly after: Baseline },
  { others, rules }: { readonly others: readonly BaselineField[]; readonly rules: RulesInput },
): readonly Assessment[] {
  const projected = projectBaseline(before, {
    fields: others.map(({ spec }) => spec.name),
    resolution: Number.POSITIVE_INFINITY,
    categoryCap: Number.POSITIVE_INFINITY,
  });
  const { layout } = projected;
  const profile = createProfile(layout);
  profile.events = after.rows;
  for (const [i, field] of layout.fields.entries()) {
    const other = others.find(({ spec }) => spec.name === field.spec.name)!;
    const counts = profile.fields[i]!;
    createFieldCounter(other, field).addTotal(counts);
    if (counts.kind === 'categorical') trimUnseen(counts);
  }
  const paneMs = sliceOf(before.pane ?? DAY);
  const { start, end } = after.timeRange ?? { start: 0, end: 0 };
  const windowMs = Math.ceil((end + 1 - start) / paneMs) * paneMs;
  const isTimed = before.pane !== null && after.timeRange !== null;
  return createJudge({
    layout,
    reference: judgeReference(before, { projected, paneMs }),
    rules: resolveRules(layout, { ...(isTimed ? {} : { evidence: 'iid' }), ...rules }),
    windowMs,
    hopMs: windowMs,
  })
    .judge({ profile, range: { start, end: start + windowMs }, complete: true })
    .filter(({ field }) => field !== null);
}

/** About a day, in whole panes: what varies by the hour is no evidence about weeks. */
function sliceOf(pane: number): number {
  return pane * Math.max(1, Math.floor(DAY / pane));
}

/** Why the values of two fields cannot be counted over the same cells. */
function changeOf({ kind, spec }: BaselineField, other: BaselineField): string | undefined {
  const now = other.spec;
  if (spec.type !== now.type) return `was ${spec.type}, is ${now.type}`;
  if (kind !== other.kind) return `was compared by ${kind} counts, is by ${other.kind} counts`;
  for (const key of ['derive', 'period', 'coerce'] as const) {
    const [was, is] = [spec[key] ?? 'none', now[key] ?? 'none'];
    if (was !== is) return `${key} was ${was}, is ${is}`;
  }
  return undefined;
}
