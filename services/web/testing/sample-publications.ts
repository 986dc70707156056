import type {
  Assessment,
  BinShare,
  StatisticFigure,
  TimeRange,
  Verdict,
} from '#libs/detectors/evaluation.ts';
import type { Publication } from '#libs/store/port.ts';

/** Made-up publications of a monitor of flights, close to what real windows look like. */
export const DAY = 86_400_000;
export const FIRST_DAY = Date.UTC(2001, 1, 1);

const BASELINE = { name: 'flights-january', version: '2001-01', hash: 'a1b2c3d4'.repeat(8) };
const PROFILE_ID = '5f'.repeat(32);

/** Deterministic noise in [-1, 1). */
function noise(seed: number): number {
  const value = Math.sin(seed * 127.1 + 311.7) * 43_758.5453;
  return 2 * (value - Math.floor(value)) - 1;
}

/** How far the data of a day leans away: two storms and a slow shift of the schedule. */
function lean(day: number): number {
  const storm = Math.exp(-((day - 19) ** 2) / 3) + 0.6 * Math.exp(-((day - 41) ** 2) / 5);
  return storm + day / 400;
}

/** With `segments` the delay is also that of two carriers and the rest. */
export function samplePublication(
  day: number,
  { revision = 1, segments = false }: { revision?: number; segments?: boolean } = {},
): Publication {
  const window: TimeRange = { start: FIRST_DAY + day * DAY, end: FIRST_DAY + (day + 1) * DAY };
  const assessments = [
    delay(day),
    distance(day),
    origin(day),
    hour(day),
    carrier(day),
    volume(day),
    ...(segments ? delaySegments(day) : []),
  ];
  if (segments) assessments[0] = attributed(assessments[0]!);
  return {
    namespace: 'default',
    monitor: 'flights',
    window,
    revision,
    events: assessments[0]?.m ?? 0,
    publishedAt: window.end + 2_500_000,
    provenance: {
      profile_id: PROFILE_ID,
      baseline: BASELINE,
      offsets: { 'flights/0': 4_100 * (day + 1), 'flights/1': 4_080 * (day + 1) },
      excused: [],
      config_revision: 1,
    },
    assessments,
  };
}

function judge(
  statistic: number,
  limits: readonly [number, number],
): 'ok' | 'warning' | 'critical' {
  if (statistic >= limits[1]) return 'critical';
  return statistic >= limits[0] ? 'warning' : 'ok';
}

function figure(
  statistic: number,
  options: { readonly limits: readonly [number, number]; readonly noise: number },
): StatisticFigure {
  const { limits } = options;
  const log10 = -Math.min(400, (statistic / options.noise) ** 2 * 2);
  return {
    statistic,
    p_value: 10 ** log10,
    log10_p: log10,
    p_adjusted: Math.min(1, 10 ** log10 * 5),
    critical_value: options.noise,
    detectable: limits[0] + options.noise,
    threshold: { warning: limits[0], critical: limits[1] },
    evidence: 'reference_windows',
    design_effect: 7.4,
    rank: { above: Math.min(31, Math.round(31 * Math.min(1, statistic / limits[0]))), of: 31 },
    verdict: judge(statistic, limits),
  };
}

/** A statistic that does not decide. */
function shown(statistic: number): StatisticFigure {
  return { statistic, p_value: 0.02, evidence: 'iid' };
}

function rate(baseline: number, window: number): StatisticFigure {
  const statistic = Math.abs(window - baseline);
  return { ...figure(statistic, { limits: [0.01, 0.05], noise: 0.004 }), baseline, window };
}

function assess(
  field: string | null,
  parts: Omit<Assessment, 'field' | 'segment' | 'verdict' | 'reason_code' | 'warnings'>,
): Assessment {
  const order: readonly Verdict[] = ['ok', 'warning', 'critical'];
  const verdicts = Object.values(parts.statistics).map(({ verdict }) => verdict ?? 'ok');
  const verdict = order[Math.max(...verdicts.map((one) => order.indexOf(one)))] ?? 'ok';
  const reason_code = verdict === 'ok' ? 'within_limits' : `drift_${verdict}`;
  return { field, segment: null, verdict, reason_code, warnings: [], ...parts };
}

/** Cumulative share of a skewed distribution: a logistic with a long upper tail. */
function share(x: number, middle: number, scale: number): number {
  return 1 / (1 + Math.exp(-(x > middle ? (x - middle) / (scale * 2.6) : (x - middle) / scale)));
}

function numericDetail(options: {
  readonly from: number;
  readonly to: number;
  readonly baseline: (x: number) => number;
  readonly window: (x: number) => number;
}) {
  const x = Array.from(
    { length: 241 },
    (_, i) => options.from + ((options.to - options.from) * i) / 240,
  );
  const baseline = x.map((value, i) => (i === 240 ? 1 : options.baseline(value)));
  const window = x.map((value, i) => (i === 240 ? 1 : options.window(value)));
  const gaps = x.map((_, i) => Math.abs(baseline[i]! - window[i]!));
  const at = gaps.indexOf(Math.max(...gaps));
  const quantile = (column: readonly number[], level: number): number =>
    Math.round(x[column.findIndex((value) => value >= level)] ?? options.to);
  const levels = [0.05, 0.25, 0.5, 0.75, 0.95];
  const edges = [0, ...Array.from({ length: 9 }, (_, i) => (i + 1) / 10), 1].map((level) =>
    baseline.findIndex((value) => value >= level),
  );
  const bins: BinShare[] = edges.slice(1).flatMap((edge, i) => {
    const before = edges[i]!;
    // A value that spans several levels is one bin.
    if (edge === before) return [];
    const [lower, upper] = [Math.round(x[before]!), Math.round(x[edge]!)];
    return {
      label: i === 0 ? `≤ ${upper}` : i === 9 ? `> ${lower}` : `(${lower}, ${upper}]`,
      lower,
      upper,
      baseline: baseline[edge]! - (i === 0 ? 0 : baseline[before]!),
      window: window[edge]! - (i === 0 ? 0 : window[before]!),
    };
  });
  return {
    gap: { x: Math.round(x[at]!), baseline: baseline[at]!, window: window[at]! },
    statistic: gaps[at]!,
    detail: {
      bins,
      cumulative: { x, baseline, window },
      gap: { x: Math.round(x[at]!), baseline: baseline[at]!, window: window[at]! },
      quantiles: {
        levels,
        baseline: levels.map((level) => quantile(baseline, level)),
        window: levels.map((level) => quantile(window, level)),
      },
    },
  };
}

function delay(day: number): Assessment {
  const m = Math.round(16_400 + 700 * noise(day));
  const shift = 22 * lean(day) + 1.5 * noise(day + 7);
  const { detail, statistic, gap } = numericDetail({
    from: -60,
    to: 900,
    baseline: (x) => share(x, -1, 8),
    window: (x) => share(x, -1 + shift, 8 + shift / 6),
  });
  const ks = figure(statistic, { limits: [0.1, 0.2], noise: 0.071 });
  const [before, after] = [detail.quantiles.baseline[2], detail.quantiles.window[2]];
  const words = `KS ${statistic.toFixed(2)} (limit ${ks.verdict === 'critical' ? '0.20' : '0.10'}), n = ${m.toLocaleString('en-US')}; noise would not exceed 0.07. Median ${before} → ${after}.`;
  return assess('delay', {
    reason: ks.verdict === 'ok' ? `KS ${statistic.toFixed(2)}, limit 0.10.` : words,
    n: 465_123,
    m,
    statistics: {
      ks: { ...ks, at: gap.x },
      psi: { ...figure(statistic ** 2 * 9, { limits: [0.1, 0.25], noise: 0.05 }) },
      mann_whitney: { ...shown(statistic * 0.8), details: { auc: 0.5 + statistic * 0.8 } },
      wasserstein: { ...shown(Math.abs(shift)), details: { normalised: Math.abs(shift) / 34 } },
      missing_rate: rate(0.021, 0.021 + Math.abs(noise(day + 3)) * 0.006),
      out_of_range_rate: rate(0.0001, 0.0002),
    },
    detail,
  });
}

const CARRIERS = ['carrier=AA', 'carrier=WN', 'other'];

/** The second carrier had the storms, the first one had none. */
function delaySegments(day: number): Assessment[] {
  return CARRIERS.map((segment, i) => ({ ...delay(i === 0 ? 0 : day), segment }));
}

function attributed(assessment: Assessment): Assessment {
  const { ks } = assessment.statistics;
  if (ks === undefined || ks.verdict === 'ok') return assessment;
  const attribution = CARRIERS.map((segment, i) => {
    const share = [0.05, 0.65, 0.3][i]!;
    const sizes = { baseline: 0.4 - i / 10, window: 0.4 - i / 10 };
    return {
      segment,
      within: ks.statistic * share * 0.9,
      mix: ks.statistic * share * 0.1,
      ...sizes,
    };
  }).sort((a, b) => b.within - a.within);
  const statistics = { ...assessment.statistics, ks: { ...ks, attribution } };
  const reason = `${assessment.reason} Carried by carrier=WN (65%) and other (30%).`;
  return { ...assessment, statistics, reason };
}

function distance(day: number): Assessment {
  const { detail, statistic, gap } = numericDetail({
    from: 20,
    to: 4_960,
    baseline: (x) => share(x, 560, 130),
    window: (x) => share(x, 560 + 9 * noise(day) + day / 4, 130),
  });
  return assess('distance', {
    reason: `KS ${statistic.toFixed(2)}, limit 0.10.`,
    n: 465_123,
    m: Math.round(16_400 + 700 * noise(day)),
    statistics: {
      ks: { ...figure(statistic, { limits: [0.1, 0.2], noise: 0.034 }), at: gap.x },
      missing_rate: rate(0, 0),
    },
    detail,
  });
}

const AIRPORTS =
  'ATL ORD DFW LAX PHX DEN IAH LAS STL DTW MSP SFO EWR SEA CLT PHL BOS LGA SLC SAN'.split(' ');

function origin(day: number): Assessment {
  const closed = 0.9 * Math.exp(-((day - 41) ** 2) / 3);
  const weights = AIRPORTS.map((_, i) => 1 / (i + 4));
  const moved = weights.map((weight, i) =>
    i === 1 || i === 9 ? weight * (1 - closed) : weight * (1 + 0.08 * noise(day * 31 + i)),
  );
  const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);
  const bins = AIRPORTS.map((label, i) => ({
    label,
    baseline: weights[i]! / sum(weights),
    window: moved[i]! / (sum(moved) * 1.002),
  }));
  const psi = sum(
    bins.map((bin) => (bin.window - bin.baseline) * Math.log(bin.window / bin.baseline)),
  );
  const psiFigure = figure(psi, { limits: [0.1, 0.25], noise: 0.018 });
  return assess('origin', {
    reason:
      psiFigure.verdict === 'ok'
        ? `PSI ${psi.toFixed(2)}, limit 0.10.`
        : `PSI ${psi.toFixed(2)} (limit 0.10), n = 16,211; noise would not exceed 0.02. ORD 11% → 2.4%, DTW 4.2% → 0.9%. New: "XNA".`,
    n: 478_020,
    m: 16_211,
    statistics: { psi: psiFigure, unseen_rate: rate(0, 0.0019), missing_rate: rate(0, 0) },
    detail: {
      bins,
      unseen: [
        { value: 'XNA', count: 23 },
        { value: 'BMI', count: 8 },
      ],
    },
  });
}

function hour(day: number): Assessment {
  const profile = (h: number, late: number): number =>
    0.1 + Math.exp(-((h - 8 - late) ** 2) / 14) + Math.exp(-((h - 17 - late) ** 2) / 18);
  const hours = Array.from({ length: 24 }, (_, h) => h);
  const late = Math.min(2.2, lean(day));
  const total = (by: number): number => hours.reduce((sum, h) => sum + profile(h, by), 0);
  const bins = hours.map((h) => ({
    label: String(h),
    baseline: profile(h, 0) / total(0),
    window: profile(h, late) / total(late),
  }));
  const kuiper = bins.reduce((sum, bin) => sum + Math.max(0, bin.window - bin.baseline), 0);
  const kuiperFigure = figure(kuiper, { limits: [0.1, 0.2], noise: 0.05 });
  return assess('hour', {
    reason: `Kuiper ${kuiper.toFixed(2)}, limit 0.10.`,
    n: 478_020,
    m: 16_211,
    statistics: { kuiper: kuiperFigure, missing_rate: rate(0, 0) },
    detail: { bins },
  });
}

/** A field without enough values in some windows. */
function carrier(day: number): Assessment {
  const few = day % 11 === 10;
  const psi = figure(0.02 + 0.015 * Math.abs(noise(day + 90)), {
    limits: [0.1, 0.25],
    noise: 0.05,
  });
  const { verdict: _, ...undecided } = psi;
  const made = assess('carrier', {
    reason: few ? '41 values, needs 100.' : `PSI ${psi.statistic.toFixed(2)}, limit 0.10.`,
    n: 478_020,
    m: few ? 41 : 9_120,
    statistics: { psi: few ? undecided : psi },
    detail: {
      bins: ['AA', 'DL', 'UA', 'WN', 'US'].map((label, i) => ({
        label,
        baseline: 0.2,
        window: 0.2 + 0.01 * (i - 2),
      })),
    },
  });
  return few ? { ...made, verdict: 'insufficient_data', reason_code: 'below_min_samples' } : made;
}

function volume(day: number): Assessment {
  const ratio = 1 + 0.04 * noise(day) - 0.55 * Math.exp(-((day - 41) ** 2) / 2);
  const events = Math.round(16_211 * ratio);
  const verdict = ratio <= 0.5 ? 'critical' : 'ok';
  return assess(null, {
    reason: `${events.toLocaleString('en-US')} events, usual 16,211 (${Math.round(ratio * 100)}%).`,
    n: 478_020,
    m: events,
    statistics: {
      volume: {
        statistic: ratio,
        baseline: 16_211,
        window: events,
        rank: { above: ratio < 1 ? 4 : 20, of: 31 },
        threshold: { critical: ratio < 1 ? 0.5 : 2 },
        verdict,
        details: { same_hour_of_week: true },
      },
    },
  });
}
