import type { Profile } from '#libs/profiles/counts.ts';
import type { ProfileLayout } from '#libs/profiles/layout.ts';
import { assessField } from './assess-field.ts';
import type { Assessment, TimeRange } from './evaluation.ts';
import { fieldBaseline, type SeenCounts } from './field-baseline.ts';
import { adjustTogether, draftField } from './field-draft.ts';
import { formatCount } from './format-figure.ts';
import { limitQuantiles } from './limit-quantiles.ts';
import { referenceJudgement } from './reference-judgement.ts';
import { type ReferencePane, referenceStarts, referenceVolumes } from './reference-windows.ts';
import type { MonitorRules } from './rules.ts';
import { createVolumeJudge } from './volume-judge.ts';

/** The baseline as counts on the layout's cells. */
export interface JudgeReference {
  readonly total: Profile;
  /** Ascending by start; empty without event times. An absent pane held no events. */
  readonly panes: readonly ReferencePane[];
  readonly paneMs: number | null;
  /** First and last event time. */
  readonly timeRange: TimeRange | null;
  /** By field: largest error of ks on a reduced grid. Absent: taken from the open cells. */
  readonly errorBounds?: Readonly<Record<string, number>>;
  /** By field: categories seen once and twice. Needed only where categories were folded. */
  readonly seen?: Readonly<Record<string, SeenCounts>>;
}

export interface JudgeOptions {
  readonly layout: ProfileLayout;
  readonly reference: JudgeReference;
  readonly rules: MonitorRules;
  readonly windowMs: number;
  readonly hopMs: number;
  /** Share of the keys that windows count; all of them unless given. */
  readonly samplingShare?: number;
}

/** One window to judge. */
export interface JudgedWindow {
  readonly profile: Profile;
  readonly range: TimeRange;
  /** False for a first or last window, which may lack events. */
  readonly complete: boolean;
}

export interface Judge {
  /** One assessment per field in the layout's order, then one for the volume (field `null`). */
  judge(window: JudgedWindow): readonly Assessment[];
}

/**
 * Prepares everything that does not depend on a window: bins, quantiles, the reference windows'
 * own statistics and volumes. A pure function of its input; `judge` too.
 *
 * A verdict needs an effect (the statistic reaches its threshold) and evidence (its p-value,
 * adjusted by Benjamini and Hochberg over all units of the window, is at most the significance). A
 * unit is a field's distribution, p = min(1, s·min p) over its s distinct deciding p-values, or one
 * rate. Rates decide whatever the number of usable values.
 *
 * @throws RangeError when profiles do not belong to the layout
 */
export function createJudge(options: JudgeOptions): Judge {
  const { layout, reference, rules, windowMs, hopMs } = options;
  const { total: whole, paneMs, timeRange } = reference;
  const fields = layout.fields.map((field, i) =>
    fieldBaseline(field, {
      counts: whole.fields[i]!,
      events: whole.events,
      rules: rules.fields[i]!,
      errorBound: reference.errorBounds?.[field.spec.name] ?? null,
      seen: reference.seen?.[field.spec.name] ?? null,
    }),
  );
  const judgement = referenceJudgement({
    ...{ layout, fields, whole, panes: reference.panes, paneMs, timeRange },
    ...{ windowMs, hopMs, rules },
  });
  const quantiles = limitQuantiles(rules.significance);
  const starts =
    paneMs === null || timeRange === null
      ? []
      : referenceStarts({ paneMs, timeRange }, { windowMs, stepMs: hopMs, disjoint: false });
  const judgeVolume = createVolumeJudge({
    starts,
    lack: lackOf(reference, { windowMs, hopMs }),
    volumes: referenceVolumes(
      starts.length === 0
        ? []
        : reference.panes.map((pane) => ({
            start: pane.start,
            events: pane.events ?? pane.profile.events,
          })),
      { starts, windowMs },
    ),
    rule: rules.volume,
    baselineEvents: whole.events,
    significance: rules.significance,
    ...(options.samplingShare === undefined ? {} : { samplingShare: options.samplingShare }),
  });
  return {
    judge: ({ profile, range, complete }) => {
      const ksCriticalValues = new Map<string, number>();
      const drafts = fields.map((field, i) =>
        draftField({
          field,
          window: profile.fields[i]!,
          events: profile.events,
          evidence: judgement.fields[i]!,
          rules,
          ksCriticalValues,
          quantiles,
        }),
      );
      adjustTogether(drafts);
      return [
        ...drafts.map((draft) => assessField(draft, { rules, evidenceWarning: judgement.warning })),
        judgeVolume({ events: profile.events, range, complete }),
      ];
    },
  };
}

const MINUTE = 60_000;

/** Why no windows can be formed from a baseline, where there are none. */
function lackOf(
  { paneMs, timeRange }: JudgeOptions['reference'],
  { windowMs, hopMs }: Pick<JudgeOptions, 'windowMs' | 'hopMs'>,
): string {
  if (paneMs === null || timeRange === null) return 'the baseline has no event times';
  if (windowMs % paneMs !== 0 || hopMs % paneMs !== 0) {
    return `the baseline is kept in panes of ${length(paneMs)}, and windows of ${length(windowMs)} every ${length(hopMs)} are not made of whole ones`;
  }
  return `no whole window of ${length(windowMs)} lies within the time of the baseline`;
}

function length(ms: number): string {
  return ms % MINUTE === 0 ? `${formatCount(ms / MINUTE)} min` : `${ms / 1000} s`;
}
