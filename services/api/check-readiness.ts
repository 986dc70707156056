import type { Store } from '#libs/store/port.ts';
import type { Check } from './options.ts';

export interface ReadinessOptions {
  readonly store: Pick<Store, 'ping'>;
  readonly readiness?: () => Promise<readonly Check[]>;
  /** A check that takes longer fails. */
  readonly deadlineMs: number;
}

/** Asks the store and all other checks at once; what does not answer in time is not ready. */
export async function checkReadiness(options: ReadinessOptions): Promise<readonly Check[]> {
  const { store, readiness, deadlineMs } = options;
  const storeCheck = async (): Promise<readonly Check[]> => {
    await store.ping();
    return [{ name: 'store', ok: true }];
  };
  const results = await Promise.all([
    guarded('store', { deadlineMs, ask: storeCheck }),
    readiness === undefined ? [] : guarded('readiness', { deadlineMs, ask: readiness }),
  ]);
  return results.flat();
}

interface Question {
  readonly deadlineMs: number;
  readonly ask: () => Promise<readonly Check[]>;
}

async function guarded(name: string, question: Question): Promise<readonly Check[]> {
  const { promise: late, resolve } = Promise.withResolvers<readonly Check[]>();
  const timer = setTimeout(
    () => resolve([{ name, ok: false, reason: `No answer within ${question.deadlineMs} ms.` }]),
    question.deadlineMs,
  );
  try {
    return await Promise.race([question.ask(), late]);
  } catch (error) {
    return [{ name, ok: false, reason: error instanceof Error ? error.message : String(error) }];
  } finally {
    clearTimeout(timer);
  }
}
