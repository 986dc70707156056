/** Event times that were sampled of one partition, in the order of its log. */
export interface SampledTimes {
  readonly times: readonly number[];
  /** The sample begins where the partition's log begins. */
  readonly fromStart: boolean;
}

/** Records whose times say where a partition's sample begins, so that one wrong clock does not. */
const FIRST = 9;
/** With less of the sample left, a common range is worth less than the events. */
const LEAST_SHARE = 0.5;

/**
 * From which event time on the samples of all partitions are complete, so that panes of it hold all
 * events that there were. `-Infinity` when everything was sampled, `null` when the partitions reach
 * back so differently that most of the sample would lie before it.
 */
export function completeFrom(partitions: readonly SampledTimes[]): number | null {
  let from = Number.NEGATIVE_INFINITY;
  for (const { times, fromStart } of partitions) {
    if (fromStart || times.length === 0) continue;
    const first = times.slice(0, FIRST).sort((a, b) => a - b);
    from = Math.max(from, first[first.length >> 1]!);
  }
  if (from === Number.NEGATIVE_INFINITY) return from;
  let total = 0;
  let kept = 0;
  for (const { times } of partitions) {
    total += times.length;
    for (const time of times) if (time >= from) kept += 1;
  }
  return kept >= LEAST_SHARE * total ? from : null;
}
