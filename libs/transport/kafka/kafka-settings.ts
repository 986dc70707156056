import type { SecretReference } from '#libs/config/resolved.ts';

/** How the connections to the brokers are encrypted. */
export type KafkaTls =
  | { readonly kind: 'off' }
  | {
      readonly kind: 'on';
      /** PEM files. They are read again for each new connection, so they may be replaced. */
      readonly caFile?: string;
      readonly certificateFile?: string;
      readonly keyFile?: string;
      /** Name that the brokers' certificates must carry instead of the host connected to. */
      readonly serverName?: string;
    };

/** How this client proves who it is. Secrets are read at each login. */
export type KafkaSasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: SecretReference;
    }
  | { readonly mechanism: 'oauthbearer'; readonly token: SecretReference }
  | {
      readonly mechanism: 'oauthbearer';
      /** OAuth 2.0 client-credentials flow. */
      readonly tokenEndpoint: {
        readonly url: string;
        readonly clientId: string;
        readonly clientSecret: SecretReference;
        readonly scope?: string;
      };
    };

/** How record batches are compressed on their way to the brokers. */
export type KafkaCompression = 'none' | 'gzip' | 'zstd';

/** All that `openKafkaTransport` can be told; only the brokers have to be. */
export interface KafkaOptions {
  /** `host:port`, the ones to ask first; the others are found through them. */
  readonly brokers: readonly string[];
  /** Name under which the brokers see this client. */
  readonly clientId?: string;
  readonly tls?: KafkaTls;
  readonly sasl?: KafkaSasl;
  /** A member that the brokers do not hear of for this long loses its partitions. */
  readonly sessionTimeoutMs?: number;
  /** How long one answer of a broker is waited for. */
  readonly requestTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** How long a call is tried again while no broker can serve it. */
  readonly retryForMs?: number;
  /** The same for records that are to be appended. */
  readonly deliverForMs?: number;
  readonly compression?: KafkaCompression;
  /** Bytes of records that may wait for their brokers; what is sent beyond them is refused. */
  readonly maxBufferedBytes?: number;
  /** Variables that `{ env }` references are read from; the process's own unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Receives what kafkajs would log, for the lowest level of a log; free of secrets. */
  debug?(message: string): void;
}

export type KafkaSettings = Omit<Required<KafkaOptions>, 'sasl'> & Pick<KafkaOptions, 'sasl'>;

/** Fills in the defaults. */
export function kafkaSettings(options: KafkaOptions): KafkaSettings {
  return Object.freeze({
    clientId: 'plumbline',
    tls: { kind: 'off' } as const,
    sessionTimeoutMs: 30_000,
    requestTimeoutMs: 30_000,
    connectTimeoutMs: 10_000,
    retryForMs: 30_000,
    deliverForMs: 120_000,
    compression: 'none' as const,
    maxBufferedBytes: 256 * 1024 * 1024,
    env: process.env,
    debug() {},
    ...options,
  });
}
