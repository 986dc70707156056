import type { CommittedOffset } from '../../port.ts';

/** Kafka keeps positions by the topic's name only: this tells in which topic of the name one was. */
const STAMP = /^plumbline:([\w-]{22}):/;

/** The note to commit: which very topic the position is one in, then what the caller keeps. */
export function stampNote(topicId: string, note: string): string {
  return topicId === '' ? note : `plumbline:${topicId}:${note}`;
}

/**
 * What was committed for a partition, as Kafka answers it. None, when it is a position in a topic
 * that was deleted: a commit may overlap with the creation of another one of its name. A note
 * without a stamp, as somebody else wrote it, is taken as it is.
 */
export function readCommitted(
  answered: { readonly offset: string; readonly metadata: string | null },
  topicId: string,
): CommittedOffset | undefined {
  const offset = Number(answered.offset);
  if (offset < 0) return undefined;
  const metadata = answered.metadata ?? '';
  const stamp = STAMP.exec(metadata);
  if (stamp === null) return { offset, metadata };
  const [text, id] = stamp;
  if (topicId !== '' && id !== topicId) return undefined;
  return { offset, metadata: metadata.slice(text.length) };
}
