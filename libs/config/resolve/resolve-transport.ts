import type { TransportConfig } from '../resolved.ts';
import type { KafkaDocument } from '../schemas/kafka.ts';
import { optional } from './setting.ts';

/** A kafka block chooses Kafka; nothing else has to be said. */
export function resolveTransport(kafka: KafkaDocument | undefined): TransportConfig {
  if (kafka === undefined) return { kind: 'embedded' };
  return {
    kind: 'kafka',
    brokers: kafka.brokers,
    ...optional('clientId', kafka.client_id),
    tls: resolveTls(kafka.tls),
    ...optional('sasl', kafka.sasl),
  };
}

function resolveTls(
  tls: KafkaDocument['tls'] = false,
): Extract<TransportConfig, { kind: 'kafka' }>['tls'] {
  if (tls === false) return { kind: 'off' };
  if (tls === true) return { kind: 'on' };
  return {
    kind: 'on',
    ...optional('caFile', tls.ca_file),
    ...optional('certificateFile', tls.certificate_file),
    ...optional('keyFile', tls.key_file),
    ...optional('serverName', tls.server_name),
  };
}
