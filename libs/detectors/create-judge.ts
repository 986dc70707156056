import type { Profile } from '#libs/profiles/counts.ts';
import type { ProfileLayout } from '#libs/profiles/layout.ts';
import { assessField } from './assess-field.ts';
import { createSubject, type ReferenceRows } from './create-subject.ts';
import type { Assessment, TimeRange } from './evaluation.ts';
import { adjustTogether } from './field-draft.ts';
import { formatCount } from './format-figure.ts';
import { createSegments } from './judge-segments.ts';
import { limitQuantiles } from './limit-quantiles.ts';
import { referenceStarts, referenceVolumes } from './reference-windows.ts';
import type { MonitorRules } from './rules.ts';
import { createVolumeJudge } from './volume-judge.ts';

/** The whole baseline on the layout's cells, and its segments on theirs. */
export interface JudgeReference extends ReferenceRows {
  readonly paneMs: number | null;
  /** First and last event time. */
  readonly timeRange: TimeRange | null;
  /** Where the layout has segments: one for each of them, the rest last. */
  readonly segments?: {
    /** Usable baseline values that a segment's distribution needs to be judged. */
    readonly minRows: number;
    readonly each: readonly (ReferenceRows & { readonly name: string })[];
  };
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
  /**
   * One assessment per field in the layout's order, one for the volume (field `null`), then those of
   * each segment's fields.
   */
  judge(window: JudgedWindow): readonly Assessment[];
}

/**
 * Prepares everything that does not depend on a window: bins, quantiles, the reference windows'
 * own statistics and volumes. A pure function of its input; `judge` too.
 *
 * A verdict needs an effect (the statistic reaches its threshold) and evidence (its p-value,
 * adjusted by Benjamini and Hochberg over all units of the window, those of segments included, is at
 * most the significance). A unit is a field's distribution, p = min(1, s·min p) over its s distinct
 * deciding p-values, or one rate. Rates decide whatever the number of usable values. A segment is
 * judged like the whole, but for its volume.
 *
 * @throws RangeError when profiles do not belong to the layout
 */
export function createJudge(options: JudgeOptions): Judge {
  const { layout, reference, rules, windowMs, hopMs } = options;
  const { total: whole, paneMs, timeRange } = reference;
  const subjectRules = {
    ...{ rules, quantiles: limitQuantiles(rules.significance) },
    times: { paneMs, timeRange, windowMs, hopMs },
  };
  const subject = createSubject(reference, { cells: layout, ...subjectRules });
  const segments = createSegments({ layout, reference }, subjectRules);
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
      const own = subject.draft(profile, ksCriticalValues);
      const parts = segments?.draft(profile, ksCriticalValues) ?? [];
      adjustTogether([...own, ...parts.flatMap(({ drafts }) => drafts)]);
      const evidenceWarning = subject.warning;
      const volume = judgeVolume({ events: profile.events, range, complete });
      return [
        ...own.map((draft) =>
          assessField(draft, {
            ...{ rules, segment: null, evidenceWarning },
            attribute: (name) => segments?.attribute(name, { draft, parts }),
          }),
        ),
        segments === null ? volume : { ...volume, detail: segments.volumes(profile) },
        ...parts.flatMap(({ segment, warning, drafts }) =>
          drafts.map((draft) =>
            assessField(draft, {
              ...{ rules, segment, evidenceWarning: warning },
              attribute: () => undefined,
            }),
          ),
        ),
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
