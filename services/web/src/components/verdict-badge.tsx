import type { Verdict } from '#libs/detectors/evaluation.ts';
import { verdictLook } from '../format/verdict.ts';
import { Shape } from './shape.tsx';

/** A verdict as shape, word and colour; `null` before the first window. */
export function VerdictBadge(props: { readonly verdict: Verdict | null }) {
  if (props.verdict === null) {
    return (
      <span class="badge state-waiting">
        <Shape shape="ring" />
        Waiting
      </span>
    );
  }
  const look = verdictLook(props.verdict);
  return (
    <span class={`badge state-${props.verdict}`}>
      <Shape shape={look.shape} />
      {look.word}
    </span>
  );
}
