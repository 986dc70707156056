import { Backoff } from './group/backoff.ts';
import { pause } from './group/pause.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { isRetriable, kafkaError } from './kafka-errors.ts';

export interface RetryOptions {
  /** Completes "Cannot …" in the error. */
  readonly doing: string;
  /** How long to go on trying; the connection's setting unless given. */
  readonly forMs?: number;
  /** Ends the trying early. */
  readonly signal?: AbortSignal;
  /** Errors of Kafka (by name) that may pass too, where this is called. */
  readonly passing?: readonly string[];
}

/**
 * Does something with the brokers, again while what fails may pass: a broker that is away, a leader
 * or coordinator that moves. Looks for leaders and coordinators anew after each failure.
 * @throws the coded error of the last attempt
 */
export async function retrying<T>(
  connection: KafkaConnection,
  attempt: () => Promise<T>,
  { doing, forMs = connection.settings.retryForMs, signal, passing = [] }: RetryOptions,
): Promise<T> {
  const end = performance.now() + forMs;
  const backoff = new Backoff();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const wait = backoff.next();
      const passes = isRetriable(error) || passing.includes(typeOf(error));
      if (!passes || signal?.aborted === true || performance.now() + wait > end) {
        throw kafkaError(error, doing);
      }
      connection.forget();
      await pause(wait, signal);
    }
  }
}

/** Kafka's name of an error. */
function typeOf(error: unknown): string {
  return error instanceof Error && 'type' in error ? String(error.type) : '';
}
