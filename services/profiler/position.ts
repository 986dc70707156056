import type { AssignedPartition } from '#libs/transport/port.ts';

/** The note kept beside a committed offset: which log it is a position in. */
export interface PositionNote {
  /** Counts how often the log began anew. */
  readonly epoch: number;
  /** The topic's id when it was read, where the transport knows one. */
  readonly topicId?: string;
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
    const { epoch, topicId } = note as { epoch?: unknown; topicId?: unknown };
    return {
      epoch: Number.isSafeInteger(epoch) ? Number(epoch) : 0,
      ...(typeof topicId === 'string' ? { topicId } : {}),
    };
  } catch {
    return { epoch: 0 };
  }
}

export interface Resumption {
  readonly offset: number;
  readonly epoch: number;
  /** Ranges that were never counted and can no longer be read. */
  readonly lost: readonly (readonly [from: number, to: number])[];
}

/**
 * Where to go on in a partition. The note is the committed one, or what `readNotes` found where a
 * topic's deletion took the group's positions with it.
 *
 * A log that is shorter than what was committed, or has another id, began anew: it is a new epoch
 * and is read from its start. A log whose start has moved beyond the position has lost what lay
 * between.
 */
export function resumePosition(assigned: AssignedPartition, note: PositionNote): Resumption {
  const { committed, start, end, topicId } = assigned;
  const other = topicId !== undefined && note.topicId !== undefined && topicId !== note.topicId;
  if (other || (committed !== undefined && committed.offset > end)) {
    return { offset: start, epoch: note.epoch + 1, lost: [] };
  }
  if (committed === undefined) return { offset: start, epoch: note.epoch, lost: [] };
  if (committed.offset < start) {
    return { offset: start, epoch: note.epoch, lost: [[committed.offset, start]] };
  }
  return { offset: committed.offset, epoch: note.epoch, lost: [] };
}
