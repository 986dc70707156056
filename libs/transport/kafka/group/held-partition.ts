import type Broker from 'kafkajs/src/broker/index.js';
import type { TopicPartition } from '../../port.ts';
import type { FetchedPartition } from '../fetch-partitions.ts';
import { Backoff } from './backoff.ts';
import { placeKey } from './plan-assignment.ts';

export type FetchedRecords = Extract<FetchedPartition, { kind: 'records' }>;

/**
 * A partition in the hands of a member, from the moment that it was given until it is taken away or
 * handed out anew: then another object takes its place, and nobody who still has this one can
 * deliver or commit for it.
 */
export class HeldPartition implements TopicPartition {
  readonly key: string;
  readonly topic: string;
  readonly partition: number;
  /**
   * `new`: the handlers do not know of it; `offered`: they are choosing where to begin, and may
   * commit; `ready`: its records are fetched.
   */
  state: 'new' | 'offered' | 'ready' = 'new';
  /** Of the topic that was handed out. */
  topicId = '';
  /** Next offset to deliver, once `ready`. */
  position = 0;
  /** Fetched and not yet delivered to its end. */
  fetched: FetchedRecords | undefined;
  /** Its leader as far as it is known. */
  leader: Broker | undefined;
  /** The number under which the brokers know it. */
  leaderId = -1;
  /** Whether something is under way that will lead to more records, or to a leader. */
  busy = false;
  /** Not before this time (of `performance.now`) is it asked for again. */
  notBefore = 0;
  readonly backoff = new Backoff();
  /** The last commit asked for: commits of one partition keep their order. */
  commits: Promise<void> = Promise.resolve();

  constructor({ topic, partition }: TopicPartition) {
    this.topic = topic;
    this.partition = partition;
    this.key = placeKey(this);
  }

  get place(): TopicPartition {
    return { topic: this.topic, partition: this.partition };
  }
}
