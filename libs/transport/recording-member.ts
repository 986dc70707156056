import type { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type {
  AssignedPartition,
  Membership,
  Rebalance,
  RecordBatch,
  TopicPartition,
  Transport,
} from './port.ts';

export interface RecordingOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly maxBatchBytes?: number;
  readonly sole?: boolean;
  /** Where to begin; at the committed offset, else at the log's start, unless given. */
  start?(partition: AssignedPartition): number;
  /** Runs for each batch, before it is recorded; instead of it nothing is done. */
  handle?(batch: RecordBatch, member: RecordingMember): Promise<void> | void;
  /** Whether each batch's end is committed once it is handled. */
  readonly commit?: boolean;
}

/** For tests: a group member that writes down all that happens to it. */
export class RecordingMember {
  readonly batches: RecordBatch[] = [];
  readonly assignments: AssignedPartition[][] = [];
  readonly revocations: TopicPartition[][] = [];
  readonly failures: Error[] = [];
  /** What was called, with the partition and a batch's first offset: `batch topic/0/15`. */
  readonly events: string[] = [];
  /** What was wrong in between, and `null` when it was well again. */
  readonly troubles: (PlumblineError | null)[] = [];
  readonly rebalances: Rebalance[] = [];
  /** Keys (`topic/partition`) of the partitions it has now. */
  readonly owned = new Set<string>();
  membership!: Membership;

  private constructor() {}

  static async join(
    transport: Pick<Transport, 'join'>,
    options: RecordingOptions,
  ): Promise<RecordingMember> {
    const member = new RecordingMember();
    const { group, topics, maxBatchBytes, sole = false } = options;
    member.membership = await transport.join({
      ...{ group, topics, sole },
      ...(maxBatchBytes === undefined ? {} : { maxBatchBytes }),
      handlers: {
        async assigned(partitions) {
          member.assignments.push([...partitions]);
          member.events.push(...partitions.map((one) => `assigned ${placeOf(one)}`));
          for (const one of partitions) member.owned.add(placeOf(one));
          return partitions.map(
            (one) => options.start?.(one) ?? one.committed?.offset ?? one.start,
          );
        },
        async revoked(partitions) {
          member.revocations.push([...partitions]);
          member.events.push(...partitions.map((one) => `revoked ${placeOf(one)}`));
          for (const one of partitions) member.owned.delete(placeOf(one));
        },
        async batch(batch) {
          member.events.push(`batch ${placeOf(batch)}/${batch.from}`);
          await options.handle?.(batch, member);
          member.batches.push(batch);
          if (options.commit === true) {
            await member.membership.commit(batch, { offset: batch.next, metadata: '' });
          }
        },
        failed: (error) => member.failures.push(error),
        trouble: (reason) => member.troubles.push(reason),
        rebalanced: (rebalance) => member.rebalances.push(rebalance),
      },
    });
    return member;
  }

  /** `topic/partition/offset` of each record delivered, in the order of delivery. */
  get seen(): string[] {
    return this.batches.flatMap((batch) =>
      batch.records.map(({ offset }) => `${placeOf(batch)}/${offset}`),
    );
  }
}

function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
