import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { AssignedPartition } from '../../port.ts';

/** The position that a member chose, checked; before the log's start there is nothing to read. */
export function startOf(assigned: AssignedPartition, chosen: number | undefined): number {
  const { topic, partition, start, end } = assigned;
  if (chosen !== undefined && Number.isSafeInteger(chosen) && chosen >= 0 && chosen <= end) {
    return Math.max(chosen, start);
  }
  throw new PlumblineError(
    'PLB_TRANSPORT_OFFSET',
    `Cannot begin to read ${topic}/${partition}: the offset that assigned() answers must be from 0 to the end ${end}, got ${chosen}.`,
  );
}
