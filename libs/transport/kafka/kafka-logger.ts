import type Connection from 'kafkajs/src/network/connection.js';
import type { KafkaSettings } from './kafka-settings.ts';

/**
 * What kafkajs would write to the console, whatever its level, as one line at the level of
 * debugging. The details that come with a message are left out: among them are answers to logins.
 */
export function kafkaLogger({ debug }: Pick<KafkaSettings, 'debug'>): Connection.Logger {
  const named = (name: string): Connection.Logger => {
    const log = (message: unknown, extra?: object) => {
      const broker = extra !== undefined && 'broker' in extra ? ` (${String(extra.broker)})` : '';
      debug(`kafkajs ${name}: ${message instanceof Error ? message.message : message}${broker}`);
    };
    return { info: log, warn: log, error: log, debug: log, namespace: named };
  };
  return named('client');
}
