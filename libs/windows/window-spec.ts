/** Windows of one monitor: tumbling when hop = window, hopping when the hop is shorter. */
export interface WindowSpec {
  /** Length of a window, milliseconds; a multiple of the pane. */
  readonly windowMs: number;
  /** Distance between the starts of two windows, milliseconds; a multiple of the pane. */
  readonly hopMs: number;
  /** How far the watermark must have passed a window's end before it is published, milliseconds. */
  readonly latenessMs: number;
}

/** Start of the latest window that begins at or before a time; windows are aligned to 1970 UTC. */
export function latestWindowStart(time: number, { hopMs }: Pick<WindowSpec, 'hopMs'>): number {
  return Math.floor(time / hopMs) * hopMs;
}

/** Starts of all windows that hold a time, ascending. */
export function windowsHolding(time: number, spec: WindowSpec): number[] {
  const starts: number[] = [];
  for (
    let start = latestWindowStart(time, spec);
    start > time - spec.windowMs;
    start -= spec.hopMs
  ) {
    starts.push(start);
  }
  return starts.reverse();
}
