import type { Profile } from '#libs/profiles/counts.ts';
import type { CellLayout } from '#libs/profiles/layout.ts';
import { type ReferenceEvidence, referenceEvidence } from '#libs/statistics/reference-evidence.ts';
import { iidMean, type ReferenceStatistic } from '#libs/statistics/reference-scale.ts';
import type { EvidenceKind, TimeRange } from './evaluation.ts';
import type { FieldBaseline } from './field-baseline.ts';
import { referenceSpread, type Spread } from './reference-spread.ts';
import {
  MOST_REFERENCE_WINDOWS,
  type ReferencePane,
  referenceProfiles,
  referenceStarts,
  thin,
} from './reference-windows.ts';
import type { FieldStatistic, MonitorRules } from './rules.ts';

/** Fewest reference windows, or panes, from which dependence is estimated. */
const FEWEST_REFERENCES = 20;

/** How far one statistic of one field is judged by what the baseline itself did. */
export interface StatisticEvidence {
  readonly kind: EvidenceKind;
  /** `null` where events are taken as independent. */
  readonly evidence: ReferenceEvidence | null;
  /** The x of the reference windows, ascending, for the rank; may be empty. */
  readonly ranks: Float64Array;
}

export interface ReferenceJudgement {
  /** One map per field, in the layout's order. */
  readonly fields: readonly ReadonlyMap<FieldStatistic, StatisticEvidence>[];
  /** Why events are taken as independent although that was not asked for; else `null`. */
  readonly warning: string | null;
}

export interface ReferenceJudgementInput {
  readonly layout: CellLayout;
  readonly fields: readonly FieldBaseline[];
  readonly whole: Profile;
  readonly panes: readonly ReferencePane[];
  readonly paneMs: number | null;
  readonly timeRange: TimeRange | null;
  readonly windowMs: number;
  readonly hopMs: number;
  readonly rules: MonitorRules;
}

/**
 * Evidence of every statistic of every field: from disjoint reference windows where there are at
 * least 20, else from panes, else none. All comparisons happen here, once.
 */
export function referenceJudgement(input: ReferenceJudgementInput): ReferenceJudgement {
  const { paneMs, timeRange, panes, windowMs, hopMs, rules } = input;
  if (paneMs === null || timeRange === null || panes.length === 0) {
    const cause = 'the baseline has no event times';
    return independent(input, [], rules.evidence === 'iid' ? null : cause);
  }
  const sliced = { layout: input.layout, panes, paneMs, timeRange };
  const spreadOf = (starts: readonly number[]): Map<ReferenceStatistic, Spread>[] =>
    referenceSpread(
      { ...input, zeroFill: rules.zeroFill, missingAsBin: rules.missingAsBin },
      referenceProfiles(sliced, { starts: thin(starts, MOST_REFERENCE_WINDOWS), windowMs }),
    );
  const starts = referenceStarts(sliced, { windowMs, stepMs: hopMs, disjoint: true });
  const windows = starts.length === 0 ? [] : spreadOf(starts);
  if (rules.evidence === 'iid') return independent(input, windows, null);
  const wantsPanes = rules.evidence === 'reference_panes';
  const enough = starts.length >= FEWEST_REFERENCES;
  if (enough && !wantsPanes) return fromWindows(input, windows);
  if (windowMs % paneMs !== 0 || hopMs % paneMs !== 0) {
    return independent(input, windows, 'the window is not made of whole panes of the baseline');
  }
  if (rules.evidence === 'reference_windows' || panes.length < FEWEST_REFERENCES) {
    const found = `the baseline holds ${starts.length} reference windows`;
    return independent(input, windows, `${found}, ${FEWEST_REFERENCES} are needed`);
  }
  const overlapping = referenceStarts(sliced, { windowMs, stepMs: paneMs, disjoint: false });
  return fromPanes(input, {
    panes: referenceSpread(
      { ...input, zeroFill: rules.zeroFill, missingAsBin: rules.missingAsBin },
      profilesOf(thin(panes, MOST_REFERENCE_WINDOWS)),
    ),
    overlapping: overlapping.length === 0 ? [] : spreadOf(overlapping),
  });
}

function* profilesOf(panes: readonly ReferencePane[]): Generator<Profile> {
  for (const pane of panes) yield pane.profile;
}

type Spreads = readonly Map<ReferenceStatistic, Spread>[];

function independent(
  { fields }: ReferenceJudgementInput,
  windows: Spreads,
  cause: string | null,
): ReferenceJudgement {
  return {
    fields: fields.map((_, i) => {
      const entries = [...(windows[i] ?? new Map<ReferenceStatistic, Spread>())];
      return new Map(entries.map(([name, { x }]) => [name, iidEvidence(x)]));
    }),
    warning: cause === null ? null : `p-values take events as independent: ${cause}.`,
  };
}

function iidEvidence(x: readonly number[]): StatisticEvidence {
  return { kind: 'iid', evidence: null, ranks: Float64Array.from(x).sort() };
}

function fromWindows({ fields }: ReferenceJudgementInput, windows: Spreads): ReferenceJudgement {
  return {
    fields: fields.map(
      (_, i) =>
        new Map(
          [...windows[i]!].map(([name, spread]): [FieldStatistic, StatisticEvidence] => {
            if (spread.x.length < FEWEST_REFERENCES) return [name, iidEvidence(spread.x)];
            const evidence = referenceEvidence({ x: spread.x, iidMean: expected(name, spread) });
            return [name, { kind: 'reference_windows', evidence, ranks: evidence.sorted }];
          }),
        ),
    ),
    warning: null,
  };
}

function fromPanes(
  { fields }: ReferenceJudgementInput,
  { panes, overlapping }: { readonly panes: Spreads; readonly overlapping: Spreads },
): ReferenceJudgement {
  return {
    fields: fields.map(
      (_, i) =>
        new Map(
          [...panes[i]!].map(([name, spread]): [FieldStatistic, StatisticEvidence] => {
            const whole = overlapping[i]?.get(name)?.x ?? [];
            if (spread.x.length < FEWEST_REFERENCES) return [name, iidEvidence(whole)];
            const evidence = referenceEvidence({
              x: spread.x,
              iidMean: expected(name, spread),
              overlappingMean: mean(whole),
            });
            const ranks = Float64Array.from(whole).sort();
            return [name, { kind: 'reference_panes', evidence, ranks }];
          }),
        ),
    ),
    warning: null,
  };
}

/** Mean of x under independence; psi and chi_squared have as many bins as the parts had. */
function expected(name: ReferenceStatistic, { x, bins }: Spread): number {
  return iidMean(name, Math.max(2, bins / x.length));
}

function mean(values: readonly number[]): number {
  if (values.length === 0) return 0;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
