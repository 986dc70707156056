import type { CommittedOffset, RecordBatch } from '../port.ts';
import type { TopicState } from './protocol.ts';

/** What consumer groups need of the log. */
export interface GroupLog {
  /** The topic as it is now; `undefined` when there is none. */
  topic(name: string): TopicState | undefined;
  read(
    from: { readonly topic: TopicState; readonly partition: number; readonly offset: number },
    maxBytes: number,
  ): Promise<RecordBatch>;
  describe(topic: TopicState): Promise<readonly { readonly start: number; readonly end: number }[]>;
  committed(group: string, topic: TopicState): Promise<readonly (CommittedOffset | undefined)[]>;
  commit(
    place: { readonly group: string; readonly topicId: string; readonly partition: number },
    position: CommittedOffset,
  ): Promise<void>;
}
