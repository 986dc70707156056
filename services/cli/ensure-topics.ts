import type { ResolvedConfig, ResolvedResources } from '#libs/config/resolved.ts';
import { blocksTopic } from '#libs/transport/names.ts';
import type { Transport } from '#libs/transport/port.ts';

const EMBEDDED_BLOCKS_PARTITIONS = 4;

/**
 * Creates Plumbline's own topics where they are not there. Those of the streams belong to their
 * producers, unless the log is Plumbline's own too.
 */
export async function ensureTopics(
  transport: Transport,
  {
    config,
    resources,
    createTopics = transport.kind === 'embedded',
  }: {
    readonly config: Pick<ResolvedConfig, 'transport' | 'instance'>;
    readonly resources: ResolvedResources;
    /** Creates the streams' topics too, as a producer of the events would. */
    readonly createTopics?: boolean | undefined;
  },
): Promise<void> {
  await transport.ensureTopic({
    topic: blocksTopic(config.instance),
    partitions:
      config.transport.kind === 'kafka'
        ? config.transport.blocksPartitions
        : EMBEDDED_BLOCKS_PARTITIONS,
    cleanup: 'compact',
  });
  for (const { topics, deadLetterTopic, partitions } of resources.streams) {
    for (const topic of createTopics ? topics : []) {
      await transport.ensureTopic({ topic, partitions, cleanup: 'delete' });
    }
    if (deadLetterTopic !== undefined) {
      await transport.ensureTopic({ topic: deadLetterTopic, partitions: 1, cleanup: 'delete' });
    }
  }
}
