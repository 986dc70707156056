import { join } from 'node:path';
import type { ResolvedConfig } from '#libs/config/resolved.ts';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import type { Transport } from '#libs/transport/port.ts';
import { prepareDataDirectory } from './data-directory.ts';

/** How long a call is tried before it says why it fails; a running service may take its time. */
const IMPATIENT_MS = 2000;

type KafkaConfig = Extract<ResolvedConfig['transport'], { kind: 'kafka' }>;
type TransportChoice = Pick<ResolvedConfig, 'transport' | 'dataDirectory' | 'instance'>;

/** Opens the transport that the configuration chooses; no broker need be there yet. */
export async function openTransport(
  config: TransportChoice,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Transport> {
  const { transport, dataDirectory, instance } = config;
  if (transport.kind === 'embedded') {
    prepareDataDirectory(dataDirectory);
    return openEmbeddedTransport({ directory: join(dataDirectory, 'log') });
  }
  return openKafka(transport, { instance, env });
}

/** The same, for whoever waits for Kafka and wants to say soon what for. */
export async function openImpatientTransport(
  config: TransportChoice,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Transport> {
  const { transport, instance } = config;
  if (transport.kind === 'embedded') return openTransport(config, env);
  return openKafka(transport, { instance, env, retryForMs: IMPATIENT_MS });
}

async function openKafka(
  { kind: _, blocksPartitions: __, ...options }: KafkaConfig,
  context: {
    readonly instance: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly retryForMs?: number;
  },
): Promise<Transport> {
  // Only who uses Kafka loads its client.
  const { openKafkaTransport } = await import('#libs/transport/kafka/open-kafka-transport.ts');
  const { instance, ...rest } = context;
  return openKafkaTransport({ clientId: instance, ...options, ...rest });
}
