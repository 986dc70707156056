import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { HUNG_UP_FIX } from '#libs/transport/kafka/known-errors.ts';
import type { InitRequest } from './init-request.ts';
import { sampleFile } from './sample-file.ts';
import { type SampledTransport, sampleTopics } from './sample-topics.ts';
import type { SampledPartition } from './sampled-partition.ts';

/** Somebody waits at the terminal: brokers that do not answer by then are said to be away. */
const PATIENCE_MS = 10_000;

/**
 * Samples the events that a request names, wherever they are.
 *
 * @throws PlumblineError for whatever cannot be opened or read
 */
export async function sampleSource(
  { source, topics, events }: InitRequest,
  options: { readonly now: number; readonly onProgress: (records: number) => void },
): Promise<readonly SampledPartition[]> {
  if (source.kind === 'file') {
    const [topic = ''] = topics;
    return [await sampleFile(source.file, { topic, events, now: options.now })];
  }
  const transport = await open(source);
  try {
    return await sampleTopics(transport, { topics, events, onProgress: options.onProgress });
  } catch (error) {
    throw source.kind === 'kafka' ? withAdvice(error) : error;
  } finally {
    await transport.close();
  }
}

type Opened = SampledTransport & { close(): Promise<void> };

async function open(source: Exclude<InitRequest['source'], { kind: 'file' }>): Promise<Opened> {
  if (source.kind === 'kafka') {
    const { openKafkaTransport } = await import('#libs/transport/kafka/open-kafka-transport.ts');
    const { kind: _, blocksPartitions: __, ...options } = source.transport;
    return openKafkaTransport({ ...options, retryForMs: PATIENCE_MS });
  }
  const directory = join(source.directory, 'log');
  if (!existsSync(join(directory, 'log.sqlite'))) {
    throw new PlumblineError(
      'PLB_FILE_NOT_FOUND',
      `Cannot sample from ${source.directory}: Plumbline has kept no log there yet`,
      {
        path: source.directory,
        fix: 'check --data, or sample from a file of events with --file',
      },
    );
  }
  const { openEmbeddedTransport } = await import(
    '#libs/transport/embedded/open-embedded-transport.ts'
  );
  return openEmbeddedTransport({ directory });
}

/** A service would try again and again; who waits at a terminal can do something else. */
function withAdvice(error: unknown): unknown {
  if (!(error instanceof PlumblineError && error.code === 'PLB_TRANSPORT_UNAVAILABLE'))
    return error;
  if (error.detail.fix === HUNG_UP_FIX) {
    return new PlumblineError(error.code, error.message, {
      fix: 'check --brokers: a listener that wants a login or TLS hangs up without a word; for a login give --sasl-mechanism, --username and --password-env, for TLS --tls or --ca-file',
      cause: error,
    });
  }
  return new PlumblineError(error.code, error.message, {
    fix: 'check --brokers, and that this machine may reach them; without Kafka, sample from a file of events with --file',
    cause: error,
  });
}
