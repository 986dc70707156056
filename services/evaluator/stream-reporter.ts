import type { Store, StreamStatus } from '#libs/store/port.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';

/** An unchanged status is written again this often, so that its age tells that somebody looks. */
const REPORT_EVERY_MS = 5000;

/** What one profile knows of its stream. */
export type StreamReport = Omit<StreamStatus, 'since'> & { readonly profileId: string };

/** Stores the state of streams, and announces its changes. */
export class StreamReporter {
  readonly #store: Store;
  readonly #lifecycle: Lifecycle;
  /** What was announced last, by stream, and what was stored last, by profile. */
  readonly #announced = new Map<string, StreamReport>();
  readonly #stored = new Map<string, StreamStatus>();

  constructor(options: { readonly store: Store; readonly lifecycle: Lifecycle }) {
    this.#store = options.store;
    this.#lifecycle = options.lifecycle;
  }

  /** Another evaluator tells of the stream: what this one says when it has it again is news. */
  forget({ namespace, stream }: { readonly namespace: string; readonly stream: string }): void {
    this.#announced.delete(`${namespace}/${stream}`);
  }

  /**
   * Takes the reports of all profiles. Of those over one stream the slowest is announced, as the
   * store tells it of the profiles of all evaluators, so that `ended` means that the last windows
   * of every monitor are published.
   */
  async report(reports: readonly StreamReport[]): Promise<void> {
    const byStream = Map.groupBy(reports, ({ namespace, stream }) => `${namespace}/${stream}`);
    for (const [key, own] of byStream) {
      this.#announce(
        key,
        own.reduce((a, b) => (progressOf(b) < progressOf(a) ? b : a)),
      );
    }
    for (const { profileId, ...report } of reports) {
      const last = this.#stored.get(profileId);
      const changed = last?.condition !== report.condition;
      if (!changed && isSame(report, last)) continue;
      const status = { ...report, since: changed ? report.updatedAt : last.since };
      this.#stored.set(profileId, status);
      await this.#store.putStreamStatus(status, profileId);
    }
  }

  #announce(key: string, report: StreamReport): void {
    const { namespace, stream, condition, reason, watermark } = report;
    const last = this.#announced.get(key);
    if (condition !== last?.condition) {
      this.#lifecycle.emit({ type: 'stream_condition', namespace, stream, condition, reason });
    }
    if (watermark !== null && watermark !== last?.watermark) {
      this.#lifecycle.emit({ type: 'watermark', namespace, stream, watermark });
    }
    this.#announced.set(key, report);
  }
}

/** Nothing but the time has changed, and not for long. */
function isSame(report: Omit<StreamStatus, 'since'>, last: StreamStatus): boolean {
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
