import type { Store, StreamStatus } from '#libs/store/port.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';

/** An unchanged status is written again this often, so that its age tells that somebody looks. */
const REPORT_EVERY_MS = 5000;

/** What one profile knows of its stream. */
export type StreamReport = Omit<StreamStatus, 'since'>;

/** Stores the state of streams, and announces its changes. */
export class StreamReporter {
  readonly #store: Store;
  readonly #lifecycle: Lifecycle;
  readonly #last = new Map<string, StreamStatus>();

  constructor(options: { readonly store: Store; readonly lifecycle: Lifecycle }) {
    this.#store = options.store;
    this.#lifecycle = options.lifecycle;
  }

  /** Another evaluator tells of the stream: what this one says when it has it again is news. */
  forget({ namespace, stream }: { readonly namespace: string; readonly stream: string }): void {
    this.#last.delete(`${namespace}/${stream}`);
  }

  /**
   * Takes the reports of all profiles; of those over one stream the slowest speaks, so that `ended`
   * means that the last windows of every monitor are published.
   */
  async report(reports: readonly StreamReport[]): Promise<void> {
    const byStream = Map.groupBy(reports, ({ namespace, stream }) => `${namespace}/${stream}`);
    for (const [key, own] of byStream) {
      const slowest = own.reduce((a, b) => (progressOf(b) < progressOf(a) ? b : a));
      const last = this.#last.get(key);
      const changed = last?.condition !== slowest.condition;
      if (!changed && isSame(slowest, last)) continue;
      const status = { ...slowest, since: changed ? slowest.updatedAt : last.since };
      const { namespace, stream, condition, reason, watermark } = status;
      if (changed) {
        const type = 'stream_condition';
        this.#lifecycle.emit({ type, namespace, stream, condition, reason });
      }
      if (watermark !== null && watermark !== last?.watermark) {
        this.#lifecycle.emit({ type: 'watermark', namespace, stream, watermark });
      }
      this.#last.set(key, status);
      await this.#store.putStreamStatus(status);
    }
  }
}

/** Nothing but the time has changed, and not for long. */
function isSame(report: StreamReport, last: StreamStatus): boolean {
  const { watermark, tallies, partitions } = report;
  return (
    report.updatedAt - last.updatedAt < REPORT_EVERY_MS &&
    JSON.stringify([watermark, tallies, partitions]) ===
      JSON.stringify([last.watermark, last.tallies, last.partitions])
  );
}

/** Offsets applied over all partitions. */
function progressOf({ partitions }: StreamReport): number {
  return partitions.reduce((total, { applied }) => total + applied, 0);
}
