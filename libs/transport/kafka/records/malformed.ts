import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { TopicPartition } from '../../port.ts';

/** Where in the log a batch stands. */
export interface LogPlace extends TopicPartition {
  readonly offset: number;
}

/** Damage in a record set, told with its place. */
export function malformed(place: LogPlace, what: string, cause?: unknown): PlumblineError {
  const path = placeOf(place);
  return new PlumblineError('PLB_WIRE_MALFORMED', `Cannot read the records at ${path}: ${what}.`, {
    path,
    fix: 'Check the broker’s disk and network; to go on without these records move the group past them.',
    cause,
  });
}

export function placeOf({ topic, partition, offset }: LogPlace): string {
  return `${topic}/${partition}@${offset}`;
}
