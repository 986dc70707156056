import type { Evaluation, StatisticFigure } from '#libs/detectors/evaluation.ts';
import { formatChange, formatValue } from '#libs/detectors/format-figure.ts';
import { figureAside } from '../format/figure-aside.ts';
import { formatFigure, formatP } from '../format/number.ts';
import { statisticLongName, statisticShortName } from '../format/statistic-name.ts';
import { splitStatistics } from '../state/prominent-statistics.ts';
import { VerdictBadge } from './verdict-badge.tsx';

type Column = readonly [heading: string, cell: (figure: StatisticFigure, name: string) => string];

const COLUMNS: readonly Column[] = [
  ['Value', value],
  ['Warning', (figure, name) => optional(name, figure.threshold?.warning)],
  ['Critical', (figure, name) => optional(name, figure.threshold?.critical)],
  ['Noise below', (figure, name) => optional(name, figure.critical_value)],
  ['Detectable', (figure, name) => optional(name, figure.detectable)],
  ['p raw', (figure) => formatP(figure.p_value, figure.log10_p)],
  ['p adjusted', (figure) => formatP(figure.p_adjusted)],
  ['Baseline → window', sides],
  ['Error bound', (figure, name) => optional(name, figure.error_bound)],
];

/** Every statistic of one window with its limits and evidence; those that only add are folded. */
export function StatisticsTable(props: { readonly evaluation: Evaluation }) {
  const { evaluation } = props;
  const { prominent, further } = splitStatistics(evaluation);
  if (prominent.length + further.length === 0) return null;
  return (
    <section class="block" aria-labelledby="statistics-heading">
      <h3 id="statistics-heading">All statistics of this window</h3>
      {prominent.length > 0 && (
        <FigureTable evaluation={evaluation} names={prominent} label="Table of statistics" />
      )}
      {further.length > 0 && (
        <details class="further">
          <summary>{further.length} more, which do not decide</summary>
          <FigureTable evaluation={evaluation} names={further} label="Table of more statistics" />
        </details>
      )}
    </section>
  );
}

function FigureTable(props: {
  readonly evaluation: Evaluation;
  readonly names: readonly string[];
  readonly label: string;
}) {
  const { evaluation, names, label } = props;
  const rows = names.map((name) => ({ name, figure: evaluation.statistics[name]! }));
  // A column that is empty throughout would only take space.
  const columns = COLUMNS.filter(([, cell]) =>
    rows.some(({ name, figure }) => cell(figure, name) !== '–'),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll" aria-label={label} tabIndex={0}>
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
          {rows.map(({ name, figure }) => (
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
          ))}
        </tbody>
      </table>
    </section>
  );
}

function value(figure: StatisticFigure, name: string): string {
  const aside = figureAside(name, figure);
  return `${formatFigure(name, figure.statistic)}${aside === '' ? '' : ` (${aside})`}`;
}

function optional(name: string, value: number | undefined): string {
  return value === undefined ? '–' : formatFigure(name, value);
}

/** What baseline and window had: a share for rates, events for volume, means for the mean shift. */
function sides({ baseline, window }: StatisticFigure, name: string): string {
  if (baseline === undefined || window === undefined) return '–';
  return name.endsWith('_rate')
    ? formatChange(baseline, window)
    : `${formatValue(baseline)} → ${formatValue(window)}`;
}
