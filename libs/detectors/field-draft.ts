import type { FieldCounts } from '#libs/profiles/counts.ts';
import { usableValues } from '#libs/profiles/profile.ts';
import { benjaminiHochberg } from '#libs/statistics/benjamini-hochberg.ts';
import { chiSquared } from '#libs/statistics/chi-squared.ts';
import { type KsDistance, ksDistance } from '#libs/statistics/ks.ts';
import { ksPValue } from '#libs/statistics/ks-p-value.ts';
import type { Significance } from '#libs/statistics/result.ts';
import { cellSums } from './cell-sums.ts';
import { distanceBins, divergenceBins, type LabelledBins, total } from './compared-counts.ts';
import type { FieldBaseline } from './field-baseline.ts';
import { fieldFigure, type RawFigure } from './field-figures.ts';
import type { BinnedInput, FigureInput, OrderedInput } from './measured.ts';
import { applicableStatistics, type FieldStatistic, isDistributional } from './rules.ts';

/** A field of one window between its statistics and its verdict. */
export interface FieldDraft {
  readonly field: FieldBaseline;
  readonly window: FieldCounts;
  readonly events: number;
  readonly m: number;
  readonly minBaseline: number;
  /** Bins with rare categories pooled; `null` where a side has no values. */
  readonly bins: LabelledBins | null;
  /** Where the two distribution functions differ most; `null` where a side has no values. */
  readonly distance: KsDistance | null;
  readonly raw: ReadonlyMap<FieldStatistic, RawFigure>;
  /** Statistics that the values do not allow, and what they need. */
  readonly notDefined: ReadonlyMap<FieldStatistic, string>;
  /** Statistics that decide together, with the p-value of each such unit. */
  readonly units: readonly {
    readonly names: readonly FieldStatistic[];
    readonly p: Significance;
  }[];
  /** Filled once all units of the window are known. */
  readonly adjusted: Map<FieldStatistic, Significance>;
}

interface DraftInput extends Omit<FigureInput, 'binned' | 'ordered'> {
  /** Usable baseline values that a distribution needs to be judged. */
  readonly minBaseline: number;
}

/** Every statistic of one field, and the units that decide. */
export function draftField(input: DraftInput): FieldDraft {
  const { field, window, events, rules, minBaseline } = input;
  const m = usableValues(window);
  const bothSides = m > 0 && field.n > 0;
  const binned = bothSides ? binnedInput(input) : null;
  const ordered = bothSides ? orderedInput(input, m) : null;
  const raw = new Map<FieldStatistic, RawFigure>();
  const notDefined = new Map<FieldStatistic, string>();
  for (const name of applicableStatistics(field.layout)) {
    const figure = fieldFigure(name, { ...input, binned, ordered });
    if (figure?.kind === 'figure') raw.set(name, figure);
    else if (figure !== undefined) notDefined.set(name, figure.needs);
  }
  const deciding = [...raw.keys()].filter((name) => field.rules.thresholds[name] !== undefined);
  const enough = m >= rules.minSamples && field.n >= minBaseline;
  const together = enough ? deciding.filter((name) => isDistributional(name)) : [];
  const rates = deciding.filter((name) => !isDistributional(name));
  const units = [...(together.length === 0 ? [] : [together]), ...rates.map((name) => [name])];
  return {
    ...{ field, window, events, m, minBaseline, raw, notDefined },
    bins: binned?.bins ?? null,
    distance: ordered?.distance ?? null,
    units: units.map((names) => ({
      names,
      p: unitSignificance(names.map((name) => raw.get(name)!.significance)),
    })),
    adjusted: new Map(),
  };
}

function binnedInput({ field, window, rules }: DraftInput): BinnedInput | null {
  if (field.kind === 'rates') return null;
  const counts = { baseline: field.counts, window };
  const bins = divergenceBins(field, counts, rules);
  if (total(bins.baseline) === 0 || total(bins.window) === 0) return null;
  return {
    bins,
    unpooled: field.kind === 'categorical' ? distanceBins(field, counts, rules) : bins,
    homogeneity: chiSquared(bins),
  };
}

function orderedInput({ field, window, rules }: DraftInput, m: number): OrderedInput | null {
  if (field.kind !== 'numeric' || window.kind !== 'numeric') return null;
  const cells = { baseline: field.counts.cells, window: window.cells };
  const distance = ksDistance(cells);
  if (field.layout.spec.type === 'circular') return { distance, linear: null };
  // The exact p-value may take milliseconds, and below min_samples nobody decides by it.
  const method = m < rules.minSamples ? 'asymptotic' : 'auto';
  const overflow = field.counts.overflow + window.overflow > 0;
  return {
    distance,
    linear: {
      ks: ksPValue(cells, { ...distance, method }),
      sums: overflow ? null : cellSums(field.grid, window),
    },
  };
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
