import type { TransportConfig } from '../resolved.ts';
import { type KafkaDocument, KafkaSchema } from '../schemas/kafka.ts';
import { durationSetting, optional, setting } from './setting.ts';

/** A kafka block chooses Kafka; nothing else has to be said. */
export function resolveTransport(kafka: KafkaDocument | undefined): TransportConfig {
  if (kafka === undefined) return { kind: 'embedded' };
  return {
    kind: 'kafka',
    brokers: kafka.brokers,
    ...optional('clientId', kafka.client_id),
    tls: resolveTls(kafka.tls),
    ...optional('sasl', resolveSasl(kafka.sasl)),
    sessionTimeoutMs: durationSetting(KafkaSchema, { document: kafka, key: 'session_timeout' }),
    requestTimeoutMs: durationSetting(KafkaSchema, { document: kafka, key: 'request_timeout' }),
    blocksPartitions: setting(KafkaSchema, { document: kafka, key: 'blocks_partitions' }),
  };
}

type KafkaConfig = Extract<TransportConfig, { kind: 'kafka' }>;

function resolveSasl(sasl: KafkaDocument['sasl']): KafkaConfig['sasl'] | undefined {
  if (sasl?.mechanism !== 'oauthbearer') return sasl;
  const { mechanism, token, token_endpoint: endpoint } = sasl;
  if (token !== undefined) return { mechanism, token };
  if (endpoint === undefined) return undefined;
  return {
    mechanism,
    tokenEndpoint: {
      url: endpoint.url,
      clientId: endpoint.client_id,
      clientSecret: endpoint.client_secret,
      ...optional('scope', endpoint.scope),
    },
  };
}

function resolveTls(tls: KafkaDocument['tls'] = false): KafkaConfig['tls'] {
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
