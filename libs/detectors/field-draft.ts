import type { FieldCounts } from '#libs/profiles/counts.ts';
import { usableValues } from '#libs/profiles/profile.ts';
import { benjaminiHochberg } from '#libs/statistics/benjamini-hochberg.ts';
import { type KsDistance, ksDistance } from '#libs/statistics/ks.ts';
import type { Significance } from '#libs/statistics/result.ts';
import { divergenceBins, type LabelledBins, total } from './compared-counts.ts';
import type { FieldBaseline } from './field-baseline.ts';
import { fieldFigure, type RawFigure } from './field-figures.ts';
import type { StatisticEvidence } from './reference-judgement.ts';
import {
  applicableStatistics,
  type FieldStatistic,
  isDistributional,
  type MonitorRules,
} from './rules.ts';

/** A field of one window between its statistics and its verdict. */
export interface FieldDraft {
  readonly field: FieldBaseline;
  readonly window: FieldCounts;
  readonly events: number;
  readonly m: number;
  readonly bins: LabelledBins | null;
  /** Where the two distribution functions differ most; `null` where a side has no values. */
  readonly distance: KsDistance | null;
  readonly raw: ReadonlyMap<FieldStatistic, RawFigure>;
  /** Statistics that decide together, with the p-value of each such unit. */
  readonly units: readonly {
    readonly names: readonly FieldStatistic[];
    readonly p: Significance;
  }[];
  /** Filled once all units of the window are known. */
  readonly adjusted: Map<FieldStatistic, Significance>;
}

interface DraftInput {
  readonly field: FieldBaseline;
  readonly window: FieldCounts;
  readonly events: number;
  readonly evidence: ReadonlyMap<FieldStatistic, StatisticEvidence>;
  readonly rules: MonitorRules;
  /** Critical values of ks by sizes, shared by the fields of a window. */
  readonly ksCriticalValues: Map<string, number>;
}

/** Every statistic of one field, and the units that decide. */
export function draftField(input: DraftInput): FieldDraft {
  const { field, window, events, rules } = input;
  const m = usableValues(window);
  const bins = binsOf({ field, window, m, rules });
  const distance =
    field.kind === 'numeric' && window.kind === 'numeric' && m > 0 && field.n > 0
      ? ksDistance({ baseline: field.counts.cells, window: window.cells })
      : null;
  const raw = new Map<FieldStatistic, RawFigure>();
  for (const name of applicableStatistics(field.layout)) {
    const figure = fieldFigure(name, { ...input, bins, distance });
    if (figure !== undefined) raw.set(name, figure);
  }
  const deciding = [...raw.keys()].filter((name) => field.rules.thresholds[name] !== undefined);
  const together = m >= rules.minSamples ? deciding.filter((name) => isDistributional(name)) : [];
  const rates = deciding.filter((name) => !isDistributional(name));
  const units = [...(together.length === 0 ? [] : [together]), ...rates.map((name) => [name])];
  return {
    ...{ field, window, events, m, bins, distance, raw },
    units: units.map((names) => ({
      names,
      p: unitSignificance(names.map((name) => raw.get(name)!.significance)),
    })),
    adjusted: new Map(),
  };
}

function binsOf({
  field,
  window,
  m,
  rules,
}: Pick<DraftInput, 'field' | 'window' | 'rules'> & { readonly m: number }): LabelledBins | null {
  if (field.kind === 'rates' || m === 0 || field.n === 0) return null;
  const bins = divergenceBins(field, { baseline: field.counts, window }, rules);
  return total(bins.baseline) === 0 || total(bins.window) === 0 ? null : bins;
}

/** p = min(1, s·min p) over the s distinct p-values. */
function unitSignificance(values: readonly Significance[]): Significance {
  const distinct = new Set(values.map(({ log10_p }) => log10_p)).size;
  const least = values.reduce((best, value) => (value.log10_p < best.log10_p ? value : best));
  return {
    p_value: Math.min(1, least.p_value * distinct),
    log10_p: Math.min(0, least.log10_p + Math.log10(distinct)),
  };
}

/** Benjamini–Hochberg over all units of the window, beyond a threshold or not. */
export function adjustTogether(drafts: readonly FieldDraft[]): void {
  const units = drafts.flatMap(({ units, adjusted }) =>
    units.map(({ names, p }) => ({ names, p, adjusted })),
  );
  for (const [i, p] of benjaminiHochberg(units.map((unit) => unit.p)).entries()) {
    const { names, adjusted } = units[i]!;
    for (const name of names) adjusted.set(name, p);
  }
}
