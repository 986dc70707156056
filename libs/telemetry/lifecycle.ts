import type { TimeRange, Verdict } from '#libs/detectors/evaluation.ts';
import type { ErrorCode } from '#libs/errors/catalogue.ts';
import type { StreamCondition } from '#libs/store/port.ts';

/** A stream by its resource name. */
interface OfStream {
  readonly namespace: string;
  readonly stream: string;
}

interface OfPartition extends OfStream {
  readonly topic: string;
  readonly partition: number;
}

interface OfMonitor {
  readonly namespace: string;
  readonly monitor: string;
}

/**
 * What happens inside Plumbline, said once by the code that does it. Durations are in seconds,
 * times in milliseconds since 1970. Metrics, traces and logs are observers of these events.
 */
export type LifecycleEvent =
  /** The profiler counted one batch of records. */
  | (OfPartition & {
      readonly type: 'batch_profiled';
      /** Records read, bad and synthetic ones included. */
      readonly events: number;
      /** Events that could not be counted, by reason. */
      readonly bad: Readonly<Record<string, number>>;
      readonly synthetic: number;
      /** Events whose time was too far ahead of their log timestamp. */
      readonly future: number;
      /** Events that sampling left out, unread. */
      readonly sampledOut: number;
      readonly seconds: number;
    })
  /** The dead-letter topic did not take copies of bad records as they were. */
  | (OfPartition & {
      readonly type: 'dead_letter_refused';
      /** The dead-letter topic. */
      readonly to: string;
      /** Copies without a value. */
      readonly cut: number;
      /** Records of which there is no copy. */
      readonly dropped: number;
      readonly reason: string;
    })
  /** A block went to the blocks topic and was acknowledged. */
  | (OfPartition & {
      readonly type: 'block_published';
      readonly state: 'open' | 'closed';
      readonly bytes: number;
      readonly seconds: number;
    })
  /** The evaluator took blocks into its panes. */
  | (OfStream & {
      readonly type: 'blocks_applied';
      readonly blocks: number;
      /** Blocks whose range was in the counts before: redelivered, or of a zombie. */
      readonly ignored: number;
      readonly events: number;
      readonly seconds: number;
    })
  /** The evaluator read a block, just written, of a profile that its configuration does not have. */
  | {
      readonly type: 'block_unknown';
      readonly profileId: string;
      /** The first of its profile. */
      readonly isNews: boolean;
    }
  /** First revision of a window. */
  | (OfMonitor & {
      readonly type: 'window_published';
      readonly window: TimeRange;
      /** How many fields and segments got which verdict. */
      readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
      readonly events: number;
      readonly seconds: number;
    })
  /** A later revision of a window: events came after it was published. */
  | (OfMonitor & {
      readonly type: 'window_restated';
      readonly window: TimeRange;
      readonly revision: number;
      readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
      readonly events: number;
      readonly seconds: number;
    })
  /** One evaluator step is durable in the store. */
  | (OfStream & {
      readonly type: 'commit';
      readonly panes: number;
      readonly publications: number;
      readonly seconds: number;
    })
  /** Another writer came first; the step is taken again from the stored state. */
  | (OfStream & { readonly type: 'commit_conflict' })
  /** Offsets [from, to) are missing between blocks. */
  | (OfPartition & {
      readonly type: 'gap';
      readonly from: number;
      readonly to: number;
      readonly outcome: 'waiting' | 'filled' | 'lost';
      /** Why they are lost. */
      readonly reason?: string;
    })
  /** A log is not the one that was read before: what that held beyond its counts is lost. */
  | (OfPartition & {
      readonly type: 'log_began_anew';
      readonly epoch: number;
      readonly reason: string;
    })
  /** Only this share of the keys is counted. */
  | (OfStream & { readonly type: 'sampling'; readonly share: number })
  /** The condition of a stream, on every change and at least once after start. */
  | (OfStream & {
      readonly type: 'stream_condition';
      readonly condition: StreamCondition;
      readonly reason: string;
    })
  /** An evaluator gave a profile away: another one tells of its monitors from now on. */
  | (OfStream & {
      readonly type: 'profile_released';
      readonly monitors: readonly string[];
      /** Whether it holds other profiles of the stream. */
      readonly holdsOthers: boolean;
    })
  /** Event time of a stream has advanced. */
  | (OfStream & { readonly type: 'watermark'; readonly watermark: number })
  /** How far the profiler is behind the end of a partition. */
  | (OfPartition & {
      readonly type: 'transport_lag';
      /** Records that are not yet read. */
      readonly records: number;
      /** How long ago the last record that was read had been written; 0 without a backlog. */
      readonly seconds: number;
    })
  /** A member's partitions changed. */
  | (OfStream & {
      readonly type: 'partitions_assigned';
      readonly role: 'profiler' | 'evaluator';
      readonly partitions: number;
    })
  /** A member's group settled anew who has which partitions. */
  | {
      readonly type: 'rebalanced';
      readonly role: 'profiler' | 'evaluator';
      readonly generation: number;
      /** How long the member took no batch for it. */
      readonly milliseconds: number;
    }
  /** A baseline was built and stored. */
  | {
      readonly type: 'baseline_built';
      readonly namespace: string;
      readonly baseline: string;
      readonly rows: number;
      readonly fields: number;
      readonly seconds: number;
    }
  /** A request was answered. `route` is the pattern, never the address that was asked for. */
  | {
      readonly type: 'request_served';
      readonly method: string;
      readonly route: string;
      readonly status: number;
      readonly seconds: number;
    }
  /** A page listens to live events, or stopped: `slow` when it was cut off for not reading. */
  | {
      readonly type: 'live_clients';
      readonly clients: number;
      readonly change: 'joined' | 'left' | 'slow';
    }
  /** Something failed; the service goes on, retries or stops as `outcome` says. */
  | {
      readonly type: 'failure';
      readonly role: 'profiler' | 'evaluator' | 'api' | 'transport' | 'store';
      readonly code: ErrorCode;
      readonly message: string;
      /** What an operator can do about it. */
      readonly fix?: string;
      readonly outcome: 'continues' | 'retries' | 'stops';
    }
  /** What has failed before works again. */
  | {
      readonly type: 'recovered';
      /** The part of the service, such as `profiler of orders`. */
      readonly part: string;
      /** How long it did not work. */
      readonly seconds: number;
    };

type LifecycleObserver = (event: LifecycleEvent) => void;

export interface Lifecycle {
  /** Tells all observers, in the order in which they came; never throws. */
  emit(event: LifecycleEvent): void;
  /** Adds an observer; answers how to remove it. */
  observe(observer: LifecycleObserver): () => void;
}

export interface LifecycleOptions {
  /** Told when an observer throws; the pipeline goes on either way. */
  readonly onObserverError?: (error: unknown, event: LifecycleEvent) => void;
}

/** A synchronous emitter: cheap enough for once a batch, not meant for once an event. */
export function createLifecycle(options: LifecycleOptions = {}): Lifecycle {
  const observers = new Set<{ readonly observer: LifecycleObserver }>();
  return {
    emit(event) {
      for (const { observer } of observers) {
        try {
          observer(event);
        } catch (error) {
          options.onObserverError?.(error, event);
        }
      }
    },
    observe(observer) {
      const entry = { observer };
      observers.add(entry);
      return () => {
        observers.delete(entry);
      };
    },
  };
}
