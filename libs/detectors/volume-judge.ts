import { normalQuantile } from '#libs/statistics/distributions/normal-quantile.ts';
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
  /** Why there are no reference windows, where there are none. */
  readonly lack: string;
  /** `null` where volume does not decide. */
  readonly rule: VolumeRule | null;
  readonly baselineEvents: number;
  /** Share of the keys that a window counts; 1 unless given. */
  readonly samplingShare?: number;
  /** Probability with which a sample alone may pass for an effect; used with a share only. */
  readonly significance: number;
}

interface Window {
  /** Events counted. */
  readonly events: number;
  readonly range: TimeRange;
  /** False for a first or last window, which may lack events. */
  readonly complete: boolean;
}

/**
 * Judges how many events a window holds, against reference windows of the same hour of week. Of a
 * sample the number is estimated, and must be further beyond a limit than a sample of independent
 * events would be by chance: z √(L (1 − p) / (p M)) for the limit L, the share p and the usual
 * number M. Events that share a key come or go together, so the true noise is larger.
 */
export function createVolumeJudge(input: VolumeJudgeInput): (window: Window) => Assessment {
  const byHour = new Map<number, number[]>();
  for (const [i, start] of input.starts.entries()) {
    const hour = hourOfWeek(start);
    const volumes = byHour.get(hour);
    if (volumes === undefined) byHour.set(hour, [input.volumes[i]!]);
    else volumes.push(input.volumes[i]!);
  }
  const all = thin(input.volumes, MOST_REFERENCES);
  const { samplingShare: share = 1 } = input;
  const z = normalQuantile(1 - input.significance);
  return ({ events: counted, range, complete }) => {
    const events = counted / share;
    const own = byHour.get(hourOfWeek(range.start)) ?? [];
    const sameHour = own.length >= FEWEST_OF_HOUR;
    const reference = sameHour ? own : all;
    const result = volume({ events, reference });
    const base = {
      field: null,
      segment: null,
      n: input.baselineEvents,
      m: counted,
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
            details: {
              same_hour_of_week: sameHour,
              ...(share === 1 ? {} : { sampling_share: share }),
            },
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
            reason: `No reference windows: ${input.lack}.`,
          }
        : {
            reason_code: 'no_reference_events',
            reason: `No ratio: most of the ${formatCount(reference.length)} reference windows hold no events.`,
          };
      return { ...shown, verdict: 'insufficient_data', ...reason };
    }
    const usual = figure.baseline ?? 0;
    const noise = (limit: number) => z * Math.sqrt((limit * (1 - share)) / (share * usual));
    return decide(shown, { figure, rule: input.rule, sameHour, share, noise });
  };
}

function decide(
  shown: Omit<Assessment, 'verdict' | 'reason' | 'reason_code'>,
  {
    figure,
    rule,
    sameHour,
    share,
    noise,
  }: {
    readonly figure: StatisticFigure;
    readonly rule: VolumeRule | null;
    readonly sameHour: boolean;
    readonly share: number;
    /** How far beyond a limit a sample may be by chance, as a ratio. */
    readonly noise: (limit: number) => number;
  },
): Assessment {
  const ratio = figure.statistic;
  const sampled =
    share === 1
      ? ''
      : ` (estimated from ${formatCount(shown.m)} of ${formatShare(share)} of the keys)`;
  const counts = `${formatCount(figure.window ?? 0)} events${sampled}, usual ${formatCount(figure.baseline ?? 0)}${sameHour ? ' at this hour of the week' : ''}`;
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
  const verdict = beyond(ratio, rule.critical, noise)
    ? 'critical'
    : beyond(ratio, rule.warning, noise)
      ? 'warning'
      : 'ok';
  const threshold = {
    ...(warning === undefined ? {} : { warning }),
    ...(critical === undefined ? {} : { critical }),
  };
  const statistics = { volume: { ...figure, threshold, verdict } } as const;
  const exact = () => 0;
  if (
    verdict === 'ok' &&
    (beyond(ratio, rule.critical, exact) || beyond(ratio, rule.warning, exact))
  ) {
    return {
      ...shown,
      statistics,
      verdict,
      reason_code: 'not_significant' satisfies Reason['reason_code'],
      reason: `${counts} (${formatRatio(ratio)}): beyond a limit, but so small a sample could be by chance.`,
    };
  }
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

function beyond(
  ratio: number,
  limits: VolumeLimits | undefined,
  noise: (limit: number) => number,
): boolean {
  if (limits === undefined) return false;
  const { low, high } = limits;
  return (
    (low !== undefined && ratio <= low - noise(low)) ||
    (high !== undefined && ratio >= high + noise(high))
  );
}

/** Below 1 in percent, above as a multiple. */
function formatRatio(ratio: number): string {
  return ratio < 1 ? formatShare(ratio) : `${formatStatistic(ratio)}×`;
}

function hourOfWeek(time: number): number {
  const hour = Math.floor(time / HOUR) % HOURS_OF_WEEK;
  return hour < 0 ? hour + HOURS_OF_WEEK : hour;
}
