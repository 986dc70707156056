import { formatDuration } from '#libs/config/duration.ts';
import type { BaselineConfig } from '#libs/config/resolved.ts';
import type { BaselineRecord } from '#libs/store/port.ts';

/** Until when a baseline may be compared with, and the words for later. */
export interface BaselineExpiry {
  /** Milliseconds since 1970: windows that end later are warned of. */
  readonly at: number;
  readonly warning: string;
}

/**
 * When a stored baseline expires by its configuration; `null` where that sets no end. The age is
 * told from the last event, or from the making where there are no event times. A window's own time
 * is compared with it, never the clock: what is judged again says the same again.
 */
export function baselineExpiry(
  record: Pick<BaselineRecord, 'name' | 'version' | 'timeRange' | 'createdAt'>,
  config: Pick<BaselineConfig, 'expiresAfterMs'> | undefined,
): BaselineExpiry | null {
  const after = config?.expiresAfterMs;
  if (after === undefined) return null;
  const { timeRange, createdAt } = record;
  const [what, from] =
    timeRange === null ? ['it was built on', createdAt] : ['its last event is of', timeRange.end];
  const day = new Date(from).toISOString().slice(0, 10);
  return {
    at: from + after,
    warning: `The baseline ${record.name} ${record.version} has expired: ${what} ${day}, and it is good for ${formatDuration(after)} after that.`,
  };
}
