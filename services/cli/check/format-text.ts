import type { FieldComparison } from '#libs/comparison/comparison.ts';
import type { Verdict } from '#libs/detectors/evaluation.ts';
import { formatCount } from '#libs/detectors/format-figure.ts';
import { printable } from '../describe-error.ts';
import { countVerdicts } from './count-verdicts.ts';
import { describeChange } from './describe-change.ts';
import { describeFigure } from './describe-figure.ts';
import { orderFields } from './order-fields.ts';
import type { CheckReport } from './report.ts';
import { VERDICT_WORDS } from './verdict-word.ts';

/** Names longer than this are cut. */
const LONGEST_NAME = 48;
/** In a field's name no place has one: it stands for the rows themselves. */
const VOLUME = '(rows)';

const COLOURS: Readonly<Record<Verdict, number>> = {
  critical: 31,
  warning: 33,
  ok: 32,
  insufficient_data: 36,
  no_baseline: 36,
};

interface Line {
  readonly verdict: Verdict;
  readonly name: string;
  readonly figure: string;
  readonly sizes: readonly string[];
  readonly change: string;
}

/** The outcome as a person reads it: a field a line, the worst first, then the counts. */
export function formatText(
  { comparison }: Pick<CheckReport, 'comparison'>,
  { colours }: { readonly colours: boolean },
): string {
  const { volume, notes } = comparison;
  const lines = orderFields(comparison).map(([name, field]) => lineOf(name, field));
  const judged = volume !== undefined && volume.verdict !== 'insufficient_data';
  if (judged) {
    const figure = volume.reason.replace(/\.$/, '');
    lines.push({ verdict: volume.verdict, name: VOLUME, figure, sizes: [], change: '' });
  }
  const remarks =
    volume === undefined || judged ? notes : [...notes, `Rows not judged: ${volume.reason}`];
  const width = (of: (line: Line) => string, among: readonly Line[] = lines) =>
    among.reduce((most, line) => Math.max(most, of(line).length), 0);
  const moved = lines.filter(({ sizes }) => sizes.length > 0);
  const widths = {
    name: width(({ name }) => name),
    figure: width(({ figure }) => figure, moved),
    sizes: [0, 1].map((i) => width(({ sizes }) => sizes[i]!, moved)),
  };
  const table = lines.map((line) => {
    const { figure, sizes, change } = line;
    const word = VERDICT_WORDS[line.verdict].padEnd(8);
    const verdict = colours ? `\u001b[${COLOURS[line.verdict]}m${word}\u001b[0m` : word;
    const name = line.name.padEnd(widths.name);
    if (sizes.length === 0) return `${verdict} ${name}  ${figure}`.trimEnd();
    const cells = [
      figure.padEnd(widths.figure),
      ...sizes.map((s, i) => s.padEnd(widths.sizes[i]!)),
    ];
    return `${verdict} ${name}  ${cells.join('  ')}   ${change}`.trimEnd();
  });
  return [
    ...table,
    ...remarks.map((note) => `note: ${printable(note)}`),
    countVerdicts(comparison),
    '',
  ].join('\n');
}

function lineOf(name: string, field: FieldComparison): Line {
  const { verdict, n, m } = field;
  const drifted = verdict === 'critical' || verdict === 'warning';
  return {
    verdict,
    name: shorten(printable(name.replaceAll('\n', ' '))),
    figure: printable(describeFigure(field)),
    sizes:
      drifted && field.reason_code !== 'column_missing'
        ? [`n ${formatCount(n)}`, `m ${formatCount(m)}`]
        : [],
    change: drifted ? printable(describeChange(field).replaceAll('\n', ' ')) : '',
  };
}

function shorten(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}
