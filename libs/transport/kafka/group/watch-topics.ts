import type { KafkaConnection, TopicMetadata } from '../kafka-connection.ts';
import type { Bell } from './bell.ts';

export interface WatchTopicsOptions {
  readonly connection: KafkaConnection;
  readonly everyMs: number;
  /** Rung when a look should not wait. */
  readonly suspected: Bell;
  readonly signal: AbortSignal;
  /** What to look at; `undefined` while it does not matter. */
  topics(): readonly string[] | undefined;
  /** What is there: `undefined` for a topic that does not exist. */
  seen(found: ReadonlyMap<string, TopicMetadata | undefined>): void;
  failed(error: unknown): void;
}

/** Looks at topics again and again, until the signal: brokers tell nobody when one changes. */
export async function watchTopics(options: WatchTopicsOptions): Promise<void> {
  const { connection, everyMs, suspected, signal } = options;
  while (!signal.aborted) {
    await suspected.wait(everyMs);
    const topics = options.topics();
    if (topics === undefined) continue;
    try {
      options.seen(await connection.metadata(topics));
    } catch (error) {
      options.failed(error);
    }
  }
}
