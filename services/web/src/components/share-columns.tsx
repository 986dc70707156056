import type { BinShare } from '#libs/detectors/evaluation.ts';
import { formatShare } from '#libs/detectors/format-figure.ts';

/** Columns in the order of the circle, such as the hours of a day. */
export function ShareColumns(props: { readonly bins: readonly BinShare[] }) {
  const { bins } = props;
  const scale = Math.max(1e-9, ...bins.flatMap((bin) => [bin.baseline, bin.window]));
  const height = (share: number) => ({ height: `${(share / scale) * 100}%` });
  return (
    <div class="share-columns">
      <p class="quiet">Share of values by bin; the highest column is {formatShare(scale)}.</p>
      <ol>
        {bins.map((bin) => (
          <li
            key={bin.label}
            title={`${bin.label}: ${formatShare(bin.baseline)} → ${formatShare(bin.window)}`}
          >
            <span class="columns" aria-hidden="true">
              <span class="column baseline" style={height(bin.baseline)} />
              <span class="column window" style={height(bin.window)} />
            </span>
            <span class="column-label">{bin.label}</span>
            <span class="visually-hidden">
              {formatShare(bin.baseline)} in the baseline, {formatShare(bin.window)} in the window
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
