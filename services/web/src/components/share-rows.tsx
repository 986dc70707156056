import { useState } from 'preact/hooks';
import type { BinShare } from '#libs/detectors/evaluation.ts';
import { formatShare } from '#libs/detectors/format-figure.ts';
import { formatPoints } from '../format/number.ts';
import { topMovers } from '../plots/top-movers.ts';

const SHOWN = 12;

/** A row per bin with the shares of baseline and window as bars; long lists show the top movers. */
export function ShareRows(props: {
  readonly bins: readonly BinShare[];
  readonly order: 'given' | 'movers';
}) {
  const { bins, order } = props;
  const [extent, setExtent] = useState<'top' | 'all'>('top');
  const long = bins.length > SHOWN;
  const shown =
    order === 'given' && (!long || extent === 'all')
      ? bins
      : topMovers(bins, extent === 'all' ? bins.length : SHOWN);
  const scale = Math.max(1e-9, ...bins.flatMap((bin) => [bin.baseline, bin.window]));
  return (
    <div class="share-rows">
      <h4>
        {order === 'given' && !long ? 'Shares by bin' : 'What moved most'}
        {long && extent === 'top' && (
          <span class="quiet">
            {' '}
            {SHOWN} of {bins.length}
          </span>
        )}
      </h4>
      <ul>
        {shown.map((bin) => (
          <li key={bin.label}>
            <span class="bin-label" title={bin.label}>
              {bin.label}
            </span>
            <span class="bars" aria-hidden="true">
              <span class="bar baseline" style={{ width: `${(bin.baseline / scale) * 100}%` }} />
              <span class="bar window" style={{ width: `${(bin.window / scale) * 100}%` }} />
            </span>
            <span class="bin-shares">
              {formatShare(bin.baseline)} → <b>{formatShare(bin.window)}</b>
            </span>
            <span class="bin-change">{formatPoints(bin.window - bin.baseline)}</span>
          </li>
        ))}
      </ul>
      {long && (
        <button
          type="button"
          class="link"
          onClick={() => setExtent(extent === 'top' ? 'all' : 'top')}
        >
          {extent === 'top' ? `Show all ${bins.length}` : 'Show only what moved most'}
        </button>
      )}
    </div>
  );
}
