import type { OutgoingRecord } from '#libs/transport/port.ts';
import type { GeneratedEvent } from './generated-events.ts';

/** Events as records, dealt to the partitions in turn. */
export function dealt(events: readonly GeneratedEvent[], partitions: number): OutgoingRecord[] {
  return events.map((event, i) => ({ ...event, partition: i % partitions }));
}
