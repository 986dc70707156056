import type { DistributionDetail } from '#libs/detectors/evaluation.ts';
import { formatValue } from '#libs/detectors/format-figure.ts';
import { formatDifference } from '../format/number.ts';

const NAMES = new Map([
  [0, 'Minimum'],
  [0.05, '5th percentile'],
  [0.25, 'Lower quartile'],
  [0.5, 'Median'],
  [0.75, 'Upper quartile'],
  [0.95, '95th percentile'],
  [1, 'Maximum'],
]);

/** Quantiles of baseline and window side by side. */
export function QuantilesTable(props: {
  readonly quantiles: NonNullable<DistributionDetail['quantiles']>;
}) {
  const { levels, baseline, window } = props.quantiles;
  return (
    <section class="block" aria-labelledby="quantiles-heading">
      <h3 id="quantiles-heading">Quantiles</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Quantile</th>
            <th scope="col" class="number">
              Baseline
            </th>
            <th scope="col" class="number">
              Window
            </th>
            <th scope="col" class="number">
              Change
            </th>
          </tr>
        </thead>
        <tbody>
          {levels.map((level, index) => {
            const before = baseline[index] ?? 0;
            const after = window[index] ?? 0;
            return (
              <tr key={level}>
                <th scope="row">{NAMES.get(level) ?? `${formatValue(level * 100)} %`}</th>
                <td class="number">{formatValue(before)}</td>
                <td class="number">
                  <b>{formatValue(after)}</b>
                </td>
                <td class="number">{formatDifference(after - before)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
