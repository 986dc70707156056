import type { CategoricalCounts, NumericCounts, Profile } from '#libs/profiles/counts.ts';
import type { CellLayout } from '#libs/profiles/layout.ts';
import { createProfile, mergeProfile, subtractProfile } from '#libs/profiles/profile.ts';
import { chiSquared } from '#libs/statistics/chi-squared.ts';
import { ksDistance } from '#libs/statistics/ks.ts';
import { kuiperDistance } from '#libs/statistics/kuiper.ts';
import { psiIndex } from '#libs/statistics/psi.ts';
import { rateChiSquared } from '#libs/statistics/rates.ts';
import {
  hasReferenceScale,
  type ReferenceStatistic,
  toReferenceScale,
} from '#libs/statistics/reference-scale.ts';
import { type Compared, divergenceBins, rateCounts, total } from './compared-counts.ts';
import { countSeen, type FieldBaseline } from './field-baseline.ts';
import { applicableStatistics, type ZeroFillRule } from './rules.ts';

/** How one statistic of one field varied between parts of the baseline. */
export interface Spread {
  /** On the scale of the reference evidence, one per part in which it is defined. */
  readonly x: number[];
  /** Sum over the parts of the number of bins that hold anything. */
  bins: number;
}

/** What comparing parts of the baseline needs. */
export interface SpreadInput {
  readonly layout: CellLayout;
  readonly fields: readonly FieldBaseline[];
  /** The whole baseline. */
  readonly whole: Profile;
  readonly zeroFill: ZeroFillRule;
  readonly missingAsBin: boolean;
}

/**
 * Compares each part of the baseline with the baseline without it, by the statistics that reference
 * windows can judge. One map per field, in the layout's order; each part is read once, before the next one is taken.
 */
export function referenceSpread(
  input: SpreadInput,
  parts: Iterable<Profile>,
): Map<ReferenceStatistic, Spread>[] {
  const spreads = input.fields.map(
    ({ layout }) =>
      new Map(
        applicableStatistics(layout)
          .filter(hasReferenceScale)
          .map((name): [ReferenceStatistic, Spread] => [name, { x: [], bins: 0 }]),
      ),
  );
  const rest = createProfile(input.layout);
  mergeProfile(rest, input.whole);
  for (const part of parts) {
    if (part.events === 0 || part.events >= rest.events) continue;
    subtractProfile(rest, part);
    for (const [i, field] of input.fields.entries()) {
      addPart(spreads[i]!, field, {
        compared: {
          baseline: rest.fields[i]!,
          baselineEvents: rest.events,
          window: part.fields[i]!,
          windowEvents: part.events,
        },
        input,
      });
    }
    mergeProfile(rest, part);
  }
  return spreads;
}

function addPart(
  spreads: Map<ReferenceStatistic, Spread>,
  field: FieldBaseline,
  { compared, input }: { readonly compared: Compared; readonly input: SpreadInput },
): void {
  for (const [name, spread] of spreads) {
    const counts = rateCounts(name, { field, compared });
    if (counts !== undefined) spread.x.push(rateChiSquared(counts));
  }
  if (field.kind === 'rates') return;
  const unseen = spreads.get('unseen_rate');
  if (unseen !== undefined && field.kind === 'categorical') {
    // Which of the folded categories a part alone holds is not known.
    if (field.layout.folded.length === 0) {
      unseen.x.push(unseenChiSquared(compared as Compared<CategoricalCounts>));
    }
  }
  if (field.kind === 'numeric') addDistances(spreads, compared as Compared<NumericCounts>);
  const bins = divergenceBins(field, compared, input);
  const n = total(bins.baseline);
  const m = total(bins.window);
  if (n === 0 || m === 0) return;
  const zeroFill = input.zeroFill.kind === 'epsilon' ? { zeroFill: input.zeroFill } : {};
  const index = psiIndex(bins, zeroFill);
  const x = toReferenceScale('psi', { value: index.statistic, n, m });
  push(spreads.get('psi'), { x, bins: index.bins });
  push(spreads.get('chi_squared'), { x: chiSquared(bins).statistic, bins: index.bins });
}

function addDistances(
  spreads: Map<ReferenceStatistic, Spread>,
  { baseline, window }: Compared<NumericCounts>,
): void {
  const cells = { baseline: baseline.cells, window: window.cells };
  if (total(cells.baseline) === 0 || total(cells.window) === 0) return;
  if (spreads.has('ks')) {
    const { statistic: value, n, m } = ksDistance(cells);
    push(spreads.get('ks'), { x: toReferenceScale('ks', { value, n, m }), bins: 0 });
  }
  const { statistic: value, n, m } = kuiperDistance(cells);
  push(spreads.get('kuiper'), { x: toReferenceScale('kuiper', { value, n, m }), bins: 0 });
}

function push(spread: Spread | undefined, { x, bins }: { x: number; bins: number }): void {
  if (spread === undefined) return;
  spread.x.push(x);
  spread.bins += bins;
}

/** Values of the part in categories that the rest lacks, against the rest's own Good–Turing rate. */
function unseenChiSquared(compared: Compared<CategoricalCounts>): number {
  const { baseline, baselineEvents, window, windowEvents } = compared;
  let unseen = 0;
  for (let cell = 0; cell < baseline.cells.length; cell++) {
    if (baseline.cells[cell] === 0) unseen += window.cells[cell]!;
  }
  return rateChiSquared({
    baselineCount: countSeen(baseline.cells).once,
    n: baselineEvents,
    windowCount: unseen,
    m: windowEvents,
  });
}
