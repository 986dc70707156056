import { join } from 'node:path';
import { MAX_EVENT_BYTES } from '#services/cli/exactness/generated-events.ts';

const INSTANCE = 'faults';
export const TOPIC = 'orders';
export const PARTITIONS = 12;
/** Small, so that many blocks are under way at every instant. */
export const BLOCK = 256;

/**
 * The configuration of a run: on Kafka and PostgreSQL, or, without them, on the embedded engines
 * for the undisturbed run that it is compared with.
 */
export function faultsConfig(options: {
  readonly directory: string;
  readonly brokers?: readonly string[];
  readonly sessionTimeoutMs?: number;
}): string {
  const { directory, brokers, sessionTimeoutMs = 6000 } = options;
  const engines =
    brokers === undefined
      ? ''
      : `kafka:
  brokers: ${JSON.stringify(brokers)}
  session_timeout: ${sessionTimeoutMs}ms
  request_timeout: 5s
store: { postgres: { url: { env: FAULTS_DATABASE_URL } } }
`;
  return `instance: ${INSTANCE}
data: ${JSON.stringify(join(directory, brokers === undefined ? 'undisturbed' : 'data'))}
server: { host: 127.0.0.1, port: 0 }
${engines}streams:
  orders:
    topics: [${TOPIC}]
    time: $.ts
    partitions: ${PARTITIONS}
    block_size: ${BLOCK}
    publish_every: 500ms
    max_event_bytes: ${MAX_EVENT_BYTES}
baselines:
  reference:
    file: ${JSON.stringify(join(directory, 'baseline.ndjson'))}
    time: $.ts
    pane: 10m
    fields:
      angle: { type: circular, period: 360 }
      country: { type: categorical }
    derive: { hour: { hour_of_day: $.ts } }
monitors:
  hopping: { stream: orders, baseline: reference, window: 1h, hop: 30m, pane: 10m, lateness: 5m, resolution: 128 }
  tumbling: { stream: orders, baseline: reference, window: 2h, pane: 10m, evidence: iid, resolution: 128 }
  coarse: { stream: orders, baseline: reference, window: 1h, pane: 10m, resolution: 16 }
`;
}
