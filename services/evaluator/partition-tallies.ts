import { BAD_REASONS, type Block } from '#libs/profiles/block.ts';

/** Records of a block that are neither Plumbline's probes nor marks of the input's end. */
export function recordsOf({ progress }: Block): number {
  const { events, otherVersion, future, sampledOut, bad } = progress;
  const good = events + otherVersion + future + sampledOut;
  return BAD_REASONS.reduce((total, reason) => total + bad[reason], good);
}

/** Tallies that say where a clock stands instead of counting something. */
export function isClock(name: string): boolean {
  return name.startsWith('clock_');
}

/** Adds what a block counted that belongs to no pane, and its events. */
export function addCounters(tallies: Record<string, number>, { progress }: Block): void {
  const add = (name: string, count: number) => {
    if (count > 0) tallies[name] = (tallies[name] ?? 0) + count;
  };
  add('events', progress.events);
  add('synthetic', progress.synthetic);
  add('other_version', progress.otherVersion);
  add('future', progress.future);
  add('sampled_out', progress.sampledOut);
  for (const reason of BAD_REASONS) add(`bad_${reason}`, progress.bad[reason]);
}

/** Notes where the clock of a partition stands behind a block. */
export function addClock(tallies: Record<string, number>, block: Block): void {
  const { progress, to } = block;
  // Blocks may arrive out of order; the one furthest on in the log speaks for its end.
  if (to < (tallies.clock_offset ?? 0)) return;
  tallies.clock_offset = to;
  if (progress.ended || recordsOf(block) > 0) tallies.clock_ended = progress.ended ? 1 : 0;
  // The confirmed height: a lone outlier at the top must not survive a restart as the time.
  const highest = progress.highest.at(-1);
  if (highest !== undefined) {
    tallies.clock_highest = Math.max(highest, tallies.clock_highest ?? Number.NEGATIVE_INFINITY);
  }
  if (!Number.isNaN(progress.lastTimestamp)) tallies.clock_last_timestamp = progress.lastTimestamp;
}
