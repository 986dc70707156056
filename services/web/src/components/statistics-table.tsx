import type { Evaluation, StatisticFigure } from '#libs/detectors/evaluation.ts';
import { formatChange, formatValue } from '#libs/detectors/format-figure.ts';
import { formatFigure, formatP } from '../format/number.ts';
import { statisticLongName, statisticShortName } from '../format/statistic-name.ts';
import { orderedStatistics } from '../state/leading-statistic.ts';
import { VerdictBadge } from './verdict-badge.tsx';

type Column = readonly [heading: string, cell: (figure: StatisticFigure, name: string) => string];

const COLUMNS: readonly Column[] = [
  ['Value', (figure, name) => formatFigure(name, figure.statistic)],
  ['Warning', (figure, name) => optional(name, figure.threshold?.warning)],
  ['Critical', (figure, name) => optional(name, figure.threshold?.critical)],
  ['Noise below', (figure, name) => optional(name, figure.critical_value)],
  ['Detectable', (figure, name) => optional(name, figure.detectable)],
  ['p raw', (figure) => formatP(figure.p_value, figure.log10_p)],
  ['p adjusted', (figure) => formatP(figure.p_adjusted)],
  ['Baseline → window', sides],
  ['Error bound', (figure, name) => optional(name, figure.error_bound)],
];

/** Every statistic of one window with its limits and evidence. */
export function StatisticsTable(props: { readonly evaluation: Evaluation }) {
  const { evaluation } = props;
  const names = orderedStatistics(evaluation);
  if (names.length === 0) return null;
  // A column that is empty throughout would only take space.
  const figures = Object.entries(evaluation.statistics);
  const columns = COLUMNS.filter(([, cell]) =>
    figures.some(([name, figure]) => cell(figure, name) !== '–'),
  );
  return (
    <section class="block" aria-labelledby="statistics-heading">
      <h3 id="statistics-heading">All statistics of this window</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="scroll" aria-label="Table of statistics" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Statistic</th>
              <th scope="col">State</th>
              {columns.map(([heading]) => (
                <th key={heading} scope="col" class="number">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => {
              const figure = evaluation.statistics[name]!;
              return (
                <tr key={name}>
                  <th scope="row" title={statisticLongName(name)}>
                    {statisticShortName(name)}
                  </th>
                  <td>
                    {figure.verdict === undefined ? (
                      <span class="quiet">shown only</span>
                    ) : (
                      <VerdictBadge verdict={figure.verdict} />
                    )}
                  </td>
                  {columns.map(([heading, cell]) => (
                    <td key={heading} class="number">
                      {cell(figure, name)}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function optional(name: string, value: number | undefined): string {
  return value === undefined ? '–' : formatFigure(name, value);
}

/** What baseline and window had: a share for rates, a number of events for volume. */
function sides({ baseline, window }: StatisticFigure, name: string): string {
  if (baseline === undefined || window === undefined) return '–';
  return name.endsWith('_rate')
    ? formatChange(baseline, window)
    : `${formatValue(baseline)} → ${formatValue(window)}`;
}
