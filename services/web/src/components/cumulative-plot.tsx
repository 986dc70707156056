import { useMemo, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { DistributionDetail } from '#libs/detectors/evaluation.ts';
import { formatShare, formatStatistic, formatValue } from '#libs/detectors/format-figure.ts';
import { centralRange } from '../plots/central-range.ts';
import { useColours } from '../plots/colours.ts';
import { cumulativeOptions } from '../plots/cumulative-options.ts';
import { PlotFrame } from './plot-frame.tsx';

const HEIGHT = 260;

/** Cumulative curves of baseline and window with the largest gap between them. */
export function CumulativePlot(props: {
  readonly cumulative: NonNullable<DistributionDetail['cumulative']>;
  readonly gap: DistributionDetail['gap'];
}) {
  const { cumulative, gap } = props;
  const [extent, setExtent] = useState<'central' | 'all'>('central');
  const colours = useColours();
  const central = useMemo(() => centralRange(cumulative, gap?.x), [cumulative, gap]);
  const options = useMemo(() => {
    const first = cumulative.x[0] ?? 0;
    const last = cumulative.x.at(-1) ?? 1;
    const whole = first === last ? central : { min: first, max: last };
    return cumulativeOptions({
      colours,
      gap,
      points: cumulative.x.length,
      range: extent === 'central' ? central : whole,
    });
  }, [colours, cumulative, gap, central, extent]);
  const data = useMemo<uPlot.AlignedData>(
    () => [[...cumulative.x], [...cumulative.baseline], [...cumulative.window]],
    [cumulative],
  );
  return (
    <figure class="cumulative">
      <div role="img" aria-label={`Cumulative shares by value. ${describe(gap)}`}>
        <PlotFrame options={options} data={data} height={HEIGHT} />
      </div>
      <figcaption>
        Share of values at or below. {describe(gap)}{' '}
        {central.clipped && (
          <button
            type="button"
            class="link"
            onClick={() => setExtent(extent === 'central' ? 'all' : 'central')}
          >
            {extent === 'central' ? 'Show the tails too' : 'Leave the tails out'}
          </button>
        )}
      </figcaption>
    </figure>
  );
}

function describe(gap: DistributionDetail['gap']): string {
  if (gap === undefined) return '';
  const size = formatStatistic(Math.abs(gap.window - gap.baseline));
  const shares = `${formatShare(gap.baseline)} of the baseline, ${formatShare(gap.window)} of the window`;
  return `The largest gap is ${size}: ${shares} are at or below ${formatValue(gap.x)}.`;
}
