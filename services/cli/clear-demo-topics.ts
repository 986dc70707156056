import type { ResolvedConfig } from '#libs/config/resolved.ts';
import type { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { blocksTopic } from '#libs/transport/names.ts';
import { openImpatientTransport } from './open-transport.ts';
import { untilPossible } from './until-possible.ts';

/** Deletes the topics of an earlier demo: each one begins anew. Waits for the brokers. */
export async function clearDemoTopics(
  config: ResolvedConfig,
  { onWaiting }: { readonly onWaiting: (reason: PlumblineError | null) => void },
): Promise<void> {
  const transport = await openImpatientTransport(config, process.env);
  const topics = [
    ...config.streams.flatMap((stream) => stream.topics),
    blocksTopic(config.instance),
  ];
  try {
    for (const topic of topics) {
      const remove = async () => {
        if ((await transport.describe(topic)) !== undefined) await transport.deleteTopic(topic);
      };
      await untilPossible(remove, { onTrouble: onWaiting });
    }
  } finally {
    await transport.close();
  }
}
