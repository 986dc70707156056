import type { StreamConfig } from '#libs/config/resolved.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';
import type { Transport } from '#libs/transport/port.ts';
import { feed } from '#services/feeder/app.ts';
import { ndjsonLines } from '#services/feeder/ndjson-lines.ts';
import { reasonOf } from './system-reason.ts';

/** Feeds the streams that have a source file into their first topic; resolves when all are done. */
export async function feedFiles(
  streams: readonly StreamConfig[],
  context: {
    readonly transport: Transport;
    readonly lifecycle: Lifecycle;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  await Promise.all(
    streams.map(async ({ name, source, topics }) => {
      const [topic] = topics;
      if (source === undefined || topic === undefined) return;
      try {
        await feed({ ...context, topic, source: () => ndjsonLines(source.file) });
      } catch (error) {
        const code = error instanceof PlumblineError ? error.code : 'PLB_INTERNAL';
        const message = `Cannot feed stream ${name} from ${source.file}: ${reasonOf(causeOf(error))}; nothing more is read from it until the next start (streams.${name}.source.file)`;
        context.lifecycle.emit({
          type: 'failure',
          role: 'transport',
          code,
          message,
          outcome: 'stops',
        });
      }
    }),
  );
}

/** What the operating system said of a file, where an error comes from that. */
function causeOf(error: unknown): unknown {
  const { cause } = error instanceof PlumblineError ? error : {};
  return cause instanceof Error && 'syscall' in cause ? cause : error;
}
