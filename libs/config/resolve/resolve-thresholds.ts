import type { FieldThresholds, StatisticThreshold, VolumeThreshold } from '../resolved.ts';
import type { ThresholdsDocument } from '../schemas/threshold.ts';

type FieldDocument = ThresholdsDocument[string];
type LimitsDocument = NonNullable<FieldDocument['ks']>;
type VolumeDocument = NonNullable<FieldDocument['volume']>;

/** Thresholds of fields, and that of the stream's volume, which stands under `*`. */
export function resolveThresholds(document: ThresholdsDocument = {}): {
  readonly thresholds: readonly FieldThresholds[];
  readonly volume: VolumeThreshold;
} {
  const thresholds: FieldThresholds[] = [];
  for (const [field, { volume, ...statistics }] of Object.entries(document)) {
    const entries = Object.entries(statistics).map(
      ([statistic, limits]) => [statistic, toThreshold(limits)] as const,
    );
    if (entries.length > 0) thresholds.push({ field, statistics: Object.fromEntries(entries) });
  }
  return { thresholds, volume: toVolume(document['*']?.volume) };
}

function toThreshold(limits: LimitsDocument): StatisticThreshold {
  return isOff(limits) ? { kind: 'off' } : { kind: 'limit', ...limits };
}

function toVolume(volume: VolumeDocument | undefined): VolumeThreshold {
  if (volume === undefined) return { kind: 'default' };
  return isOff(volume) ? { kind: 'off' } : { kind: 'band', ...volume };
}

function isOff<T extends object>(limits: T | 'off' | false): limits is 'off' | false {
  return limits === 'off' || limits === false;
}
