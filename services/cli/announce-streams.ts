import { setTimeout as pause } from 'node:timers/promises';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { describeEmptyStream, describeStream } from './describe-stream.ts';
import type { RunningService } from './run-service.ts';

const ASK_EVERY_MS = 500;
const PATIENCE_MS = 10_000;

/** Says one line per stream as soon as it holds events, or that it holds none yet. */
export async function announceStreams(
  { resources, plans, transport }: RunningService,
  { say, signal }: { readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const begun = performance.now();
  await Promise.all(
    resources.streams.map(async (stream) => {
      let told = false;
      while (!signal.aborted) {
        const line = await describeStream(stream, { plans, transport }).catch(unlessPassing);
        if (typeof line === 'string') return say(line);
        if (line === null && !told && performance.now() - begun > PATIENCE_MS) {
          const empty = await describeEmptyStream(stream, transport).catch(unlessPassing);
          if (empty !== undefined) say(empty);
          told = empty !== undefined;
        }
        await pause(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
    }),
  );
}

/** A broker that is away: whoever needs it says so, and later there may be something to tell. */
function unlessPassing(error: unknown): undefined {
  if (!(error instanceof PlumblineError && error.retry) || error.code === 'PLB_INTERNAL')
    throw error;
}
