import type { AssignedPartition } from '#libs/transport/port.ts';

/** The note kept beside a committed offset: which log it is a position in. */
export interface PositionNote {
  /** Counts how often the log began anew. */
  readonly epoch: number;
  /** The topic's id when it was read, where the transport knows one. */
  readonly topicId?: string;
  /** How far an unfinished block that begins at the position was published. */
  readonly open?: number;
}

export function formatPosition(note: PositionNote): string {
  return JSON.stringify(note);
}

/** Reads a note back; what was written by others, or not at all, is a log in its first epoch. */
export function parsePosition(text: string | undefined): PositionNote {
  if (text === undefined || text === '') return { epoch: 0 };
  try {
    const note: unknown = JSON.parse(text);
    if (typeof note !== 'object' || note === null) return { epoch: 0 };
    const { epoch, topicId, open } = note as Readonly<Record<string, unknown>>;
    return {
      epoch: Number.isSafeInteger(epoch) ? Number(epoch) : 0,
      ...(typeof topicId === 'string' ? { topicId } : {}),
      ...(Number.isSafeInteger(open) ? { open: Number(open) } : {}),
    };
  } catch {
    return { epoch: 0 };
  }
}

export interface Resumption {
  readonly offset: number;
  readonly epoch: number;
  /**
   * Offsets that can no longer be read although they were not finished: `from` is where the
   * unfinished block begins, `counted` how far it was published, which counts.
   */
  readonly lost?: { readonly from: number; readonly counted: number; readonly to: number };
  /** Why the log is another one than before; absent where it goes on. */
  readonly anew?: string;
}

/**
 * Where to go on in a partition. The note is the committed one, or what `readNotes` found where a
 * topic's deletion took the group's positions with it.
 *
 * A log with another id, or without one but shorter than what was committed, began anew: it is a
 * new epoch and is read from its start. A log that is known to be the same, but is shorter, has
 * lost its end: what had been counted stays, and its new records are a new epoch from its end on. A
 * log whose start has moved beyond the position has lost what lay between, but for what was counted
 * of an unfinished block; where that reaches into the log it is gone on from.
 */
export function resumePosition(assigned: AssignedPartition, note: PositionNote): Resumption {
  const { committed, start, end, topicId } = assigned;
  const isKnown = topicId !== undefined && note.topicId !== undefined;
  if (isKnown && topicId !== note.topicId) {
    return { offset: start, epoch: note.epoch + 1, anew: 'the topic was created anew' };
  }
  if (committed === undefined) return { offset: start, epoch: note.epoch };
  if (committed.offset > end) {
    const anew = `the log ends at ${end}, before the committed offset ${committed.offset}`;
    return { offset: isKnown ? end : start, epoch: note.epoch + 1, anew };
  }
  if (committed.offset >= start) return { offset: committed.offset, epoch: note.epoch };
  const counted = Math.min(end, Math.max(committed.offset, note.open ?? 0));
  const offset = Math.max(start, counted);
  return { offset, epoch: note.epoch, lost: { from: committed.offset, counted, to: offset } };
}
