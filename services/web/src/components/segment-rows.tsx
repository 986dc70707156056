import type { ComponentChildren } from 'preact';
import type { FieldState } from '../api/types.ts';
import { verdictLook } from '../format/verdict.ts';
import { verdictCounts } from '../state/field-groups.ts';

/** The segments of a field, folded away behind how many of them are how. */
export function SegmentRows(props: {
  readonly field: string;
  readonly segments: readonly FieldState[];
  /** One of them is selected: they are in sight. */
  readonly open: boolean;
  readonly children: ComponentChildren;
}) {
  const { field, segments } = props;
  const counts = verdictCounts(segments)
    .map(({ verdict, count }) => `${count} ${verdictLook(verdict).word}`)
    .join(', ');
  return (
    <li class="segments">
      <details open={props.open}>
        <summary>
          <span class="quiet">{field} by segment:</span> {counts}
        </summary>
        <ul>{props.children}</ul>
      </details>
    </li>
  );
}
