import { setTimeout as pause } from 'node:timers/promises';
import type { OutgoingRecord, Transport } from '#libs/transport/port.ts';
import { type GeneratedEvent, generateEvents } from '#services/cli/exactness/generated-events.ts';
import { TOPIC } from './faults-config.ts';

const BATCH = 200;

export interface EventFlow {
  readonly sent: number;
  /** Batches that had to be sent again, whole. */
  readonly repeated: number;
  /** Resolves when all events are in the topic. */
  readonly done: Promise<void>;
  /** Sends the rest as fast as it goes. */
  hurry(): void;
}

/**
 * Sends a known sequence of events at an even pace, each batch until it is acknowledged. What is
 * sent twice counts twice: the topic is the truth, and the recount reads it.
 */
export function startEventFlow(options: {
  readonly transport: Transport;
  readonly events: number;
  readonly seed: number;
  /** Event time that all of them cover. */
  readonly spanMs: number;
  readonly partitions: number;
  readonly perSecond: number;
}): EventFlow {
  const { transport, events, seed, spanMs, partitions, perSecond } = options;
  const sequence = generateEvents({ events, seed, spanMs });
  const state = { sent: 0, repeated: 0, hurried: false };
  const send = async (records: readonly OutgoingRecord[]) => {
    for (;;) {
      try {
        await transport.send(TOPIC, records);
        return;
      } catch {
        state.repeated++;
        await pause(250);
      }
    }
  };
  const run = async () => {
    const begun = performance.now();
    for (let from = 0; from < sequence.length; from += BATCH) {
      const records = sequence
        .slice(from, from + BATCH)
        .map(({ value, timestamp }: GeneratedEvent, i) => ({
          ...{ value, timestamp, partition: (from + i) % partitions },
        }));
      await send(records);
      state.sent += records.length;
      const due = begun + (state.sent / perSecond) * 1000;
      while (!state.hurried && performance.now() < due) await pause(20);
    }
  };
  return {
    get sent() {
      return state.sent;
    },
    get repeated() {
      return state.repeated;
    },
    done: run(),
    hurry() {
      state.hurried = true;
    },
  };
}
