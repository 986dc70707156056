import type { DistributionDetail, Evaluation } from '#libs/detectors/evaluation.ts';
import { formatCount } from '#libs/detectors/format-figure.ts';
import { fieldKind } from '../state/field-kind.ts';
import { CumulativePlot } from './cumulative-plot.tsx';
import { ShareColumns } from './share-columns.tsx';
import { ShareRows } from './share-rows.tsx';

/** The window's distribution over the baseline's, in the form that suits the kind of field. */
export function DistributionPanel(props: {
  readonly evaluation: Evaluation;
  readonly detail: DistributionDetail;
}) {
  const { evaluation, detail } = props;
  const kind = fieldKind(evaluation.field, evaluation);
  if (detail.bins.length === 0 && detail.cumulative === undefined) return null;
  return (
    <section class="block" aria-labelledby="distribution-heading">
      <header class="block-header">
        <h3 id="distribution-heading">Window over baseline</h3>
        <ul class="legend">
          <li>
            <span class="swatch-box baseline" aria-hidden="true" /> Baseline,{' '}
            {formatCount(evaluation.n)}
          </li>
          <li>
            <span class="swatch-box window" aria-hidden="true" /> Window,{' '}
            {formatCount(evaluation.m)}
          </li>
        </ul>
      </header>
      {detail.cumulative !== undefined && (
        <CumulativePlot cumulative={detail.cumulative} gap={detail.gap} />
      )}
      {kind === 'circular' ? (
        <ShareColumns bins={detail.bins} />
      ) : (
        detail.bins.length > 0 && (
          <ShareRows bins={detail.bins} order={kind === 'numeric' ? 'given' : 'movers'} />
        )
      )}
      {detail.unseen !== undefined && detail.unseen.length > 0 && (
        <div class="unseen">
          <h4>Not in the baseline</h4>
          <ul>
            {detail.unseen.map(({ value, count }) => (
              <li key={value}>
                <code>{value}</code> {formatCount(count)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
