import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What a reader has to know about where numbers were measured. */
export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  /** Average number of runnable processes over the last minute, before and after. */
  readonly load: { readonly before: number; readonly after: number };
}

/** Facts about this machine; `finish` completes them at the end of the run. */
export function describeMachine(now: Date): { finish(): Machine } {
  const before = oneMinuteLoad();
  return {
    finish: () => ({
      date: now.toISOString(),
      node: process.version,
      v8: process.versions.v8,
      platform: `${process.platform} ${process.arch}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryGigabytes: Math.round(totalmem() / 1e9),
      load: { before, after: oneMinuteLoad() },
    }),
  };
}

function oneMinuteLoad(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}
