import { volume } from '#libs/statistics/volume.ts';
import type { Assessment, StatisticFigure, TimeRange } from './evaluation.ts';
import { formatCount, formatShare, formatStatistic } from './format-figure.ts';
import type { Reason } from './reason.ts';
import { thin } from './reference-windows.ts';
import type { VolumeLimits, VolumeRule } from './rules.ts';

const HOUR = 3_600_000;
const HOURS_OF_WEEK = 168;

/** From so many reference windows of the same hour of the week on, only these are compared. */
const FEWEST_OF_HOUR = 3;
const MOST_REFERENCES = 500;

/** Events of the reference windows and the limits. */
export interface VolumeJudgeInput {
  readonly starts: readonly number[];
  readonly volumes: readonly number[];
  /** `null` where volume does not decide. */
  readonly rule: VolumeRule | null;
  readonly baselineEvents: number;
}

interface Window {
  readonly events: number;
  readonly range: TimeRange;
  /** False for a first or last window, which may lack events. */
  readonly complete: boolean;
}

/** Judges how many events a window holds, against reference windows of the same hour of week. */
export function createVolumeJudge(input: VolumeJudgeInput): (window: Window) => Assessment {
  const byHour = new Map<number, number[]>();
  for (const [i, start] of input.starts.entries()) {
    const hour = hourOfWeek(start);
    const volumes = byHour.get(hour);
    if (volumes === undefined) byHour.set(hour, [input.volumes[i]!]);
    else volumes.push(input.volumes[i]!);
  }
  const all = thin(input.volumes, MOST_REFERENCES);
  return ({ events, range, complete }) => {
    const own = byHour.get(hourOfWeek(range.start)) ?? [];
    const sameHour = own.length >= FEWEST_OF_HOUR;
    const reference = sameHour ? own : all;
    const result = volume({ events, reference });
    const base = {
      field: null,
      segment: null,
      n: input.baselineEvents,
      m: events,
      warnings: [],
    } as const;
    const figure: StatisticFigure | undefined =
      result.kind === 'undefined'
        ? undefined
        : {
            statistic: result.statistic,
            baseline: result.median,
            window: events,
            rank: {
              above: reference.filter((other) => other < events).length,
              of: reference.length,
            },
            details: { same_hour_of_week: sameHour },
          };
    const shown = { ...base, statistics: figure === undefined ? {} : { volume: figure } };
    if (!complete) {
      const reason = {
        reason_code: 'incomplete_window',
        reason: 'First or last window: some of its events may lie outside the data.',
      } satisfies Reason;
      return { ...shown, verdict: 'insufficient_data', ...reason };
    }
    if (figure === undefined) {
      const missing = reference.length === 0;
      const reason: Reason = missing
        ? {
            reason_code: 'no_reference_windows',
            reason:
              'No reference windows: the baseline has no event times, or is shorter than the window.',
          }
        : {
            reason_code: 'no_reference_events',
            reason: `No ratio: most of the ${formatCount(reference.length)} reference windows hold no events.`,
          };
      return { ...shown, verdict: 'insufficient_data', ...reason };
    }
    return decide(shown, { figure, rule: input.rule, sameHour });
  };
}

function decide(
  shown: Omit<Assessment, 'verdict' | 'reason' | 'reason_code'>,
  {
    figure,
    rule,
    sameHour,
  }: {
    readonly figure: StatisticFigure;
    readonly rule: VolumeRule | null;
    readonly sameHour: boolean;
  },
): Assessment {
  const ratio = figure.statistic;
  const counts = `${formatCount(figure.window ?? 0)} events, usual ${formatCount(figure.baseline ?? 0)}${sameHour ? ' at this hour of the week' : ''}`;
  if (rule === null) {
    return {
      ...shown,
      verdict: 'ok',
      reason_code: 'nothing_decides' satisfies Reason['reason_code'],
      reason: `${counts}; volume is off.`,
    };
  }
  const side = ratio < 1 ? 'low' : 'high';
  const warning = rule.warning?.[side];
  const critical = rule.critical?.[side];
  const verdict = beyond(ratio, rule.critical)
    ? 'critical'
    : beyond(ratio, rule.warning)
      ? 'warning'
      : 'ok';
  const threshold = {
    ...(warning === undefined ? {} : { warning }),
    ...(critical === undefined ? {} : { critical }),
  };
  const statistics = { volume: { ...figure, threshold, verdict } } as const;
  if (verdict === 'ok') {
    return {
      ...shown,
      statistics,
      verdict,
      reason_code: 'within_limits' satisfies Reason['reason_code'],
      reason: `${counts} (${formatRatio(ratio)}).`,
    };
  }
  const limit = verdict === 'critical' ? critical : warning;
  const { above = 0, of = 0 } = figure.rank ?? {};
  const none =
    side === 'low' && above === 0
      ? ` None of ${formatCount(of)} reference windows held fewer.`
      : '';
  const most =
    side === 'high' && above === of
      ? ` More than any of ${formatCount(of)} reference windows.`
      : '';
  return {
    ...shown,
    statistics,
    verdict,
    reason_code: `volume_${side}` satisfies Reason['reason_code'],
    reason: `${counts}: ${formatRatio(ratio)} (limit ${formatRatio(limit ?? 1)}).${none}${most}`,
  };
}

function beyond(ratio: number, limits: VolumeLimits | undefined): boolean {
  if (limits === undefined) return false;
  const { low, high } = limits;
  return (low !== undefined && ratio <= low) || (high !== undefined && ratio >= high);
}

/** Below 1 in percent, above as a multiple. */
function formatRatio(ratio: number): string {
  return ratio < 1 ? formatShare(ratio) : `${formatStatistic(ratio)}×`;
}

function hourOfWeek(time: number): number {
  const hour = Math.floor(time / HOUR) % HOURS_OF_WEEK;
  return hour < 0 ? hour + HOURS_OF_WEEK : hour;
}
