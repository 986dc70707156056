import { useEffect, useState } from 'preact/hooks';
import type { Evaluation } from '#libs/detectors/evaluation.ts';
import type { ApiClient } from '../api/client.ts';
import { describeError } from '../state/describe-error.ts';
import type { Selection } from '../state/route.ts';

const RETRY_AFTER = 5_000;

export type WindowDetail =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly evaluation: Evaluation }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly problem: string };

/**
 * The evaluation of one window with its distributions, read again when another window or a newer
 * revision of it is asked for. What was shown stays until the answer is there.
 */
export function useWindowDetail(
  client: ApiClient,
  options: {
    readonly selection: Selection;
    /** Start of the window; `null` while none is known. */
    readonly start: number | null;
    readonly revision: number;
  },
): WindowDetail {
  const [detail, setDetail] = useState<WindowDetail>({ kind: 'loading' });
  const [attempt, setAttempt] = useState(0);
  const { start, revision } = options;
  const { monitor, field, segment } = options.selection;
  useEffect(() => {
    if (start === null) return;
    let wanted = true;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const show = (next: WindowDetail): void => {
      if (wanted) setDetail(next);
    };
    // Hopping windows overlap: of those around `start`, the one that starts last starts there.
    client
      .evaluations({
        monitor,
        field,
        segment,
        from: start,
        to: start + 1,
        order: 'desc',
        detail: true,
        limit: 1,
      })
      .then(
        ([evaluation]) =>
          show(evaluation === undefined ? { kind: 'absent' } : { kind: 'ready', evaluation }),
        (error: unknown) => {
          show({ kind: 'failed', problem: describeError(error) });
          if (wanted) retry = setTimeout(() => setAttempt(attempt + 1), RETRY_AFTER);
        },
      );
    return () => {
      wanted = false;
      clearTimeout(retry);
    };
  }, [client, monitor, field, segment, start, revision, attempt]);
  return detail;
}
