import { formatDuration } from '#libs/config/duration.ts';
import { percent } from '#libs/proposal/propose-field.ts';
import type { ConfigProposal } from '#libs/proposal/render-config.ts';
import { printable } from '../describe-error.ts';
import type { Skipped } from './sift-records.ts';

/** What a person at a terminal should see of a proposal before looking into the file. */
export interface ProposalReport {
  readonly proposal: ConfigProposal;
  readonly records: number;
  /** Records in the topics; `null` where that is not known. */
  readonly held: number | null;
  readonly partitions: number;
  readonly skipped: Skipped;
  readonly range: { readonly from: number; readonly to: number };
  readonly perSecond: number | null;
  /** Files that were written, with a remark. */
  readonly written: readonly string[];
  /** What to do next: commands. */
  readonly next: readonly string[];
}

const MOST_LEFT_OUT = 20;
const LONGEST_EXAMPLE = 32;

/** Why a record was skipped, in words; the profiler counts it under the same name. */
const SKIPPED: Readonly<Record<string, string>> = {
  synthetic: 'synthetic',
  empty: 'without a value',
  malformed: 'no JSON',
  not_an_object: 'no JSON object',
  too_large: 'larger than 1 MiB',
  no_time: 'without the event time',
  bad_time: 'with an unusable event time',
  future: 'ahead of the log by more than 10 minutes',
};

/** The report of `plumbline init`, as lines. */
export function describeProposal(report: ProposalReport): string {
  const { proposal } = report;
  const { stream, window } = proposal;
  const { time, otherTimes, modelVersion } = stream;
  const others = otherTimes.map(({ path }) => `--time ${shellWord(path)}`).join(', ');
  const lines = [
    ...sampledLines(report),
    '',
    ...fieldLines(proposal),
    '',
    ...leftOutLines(proposal),
    `event time     ${time.path}, ${time.shape}${others === '' ? '' : `; also possible: ${others}`}`,
    ...(modelVersion === undefined
      ? []
      : [`model version  ${modelVersion.path}: ${modelVersion.versions.join(', ')}`]),
    ...(stream.key === undefined ? [] : [`key            ${stream.key}`]),
    ...(stream.id === undefined ? [] : [`id             ${stream.id}`]),
    `window         ${formatDuration(window.windowMs)}${window.events === null ? '' : `, about ${count(Math.round(window.events))} events each`}`,
    '',
    ...report.written.map((line) => `wrote ${line}`),
    'next:',
    ...report.next.map((command) => `  ${command}`),
  ];
  return `${printable(lines.join('\n'))}\n`;
}

function sampledLines(report: ProposalReport): string[] {
  const { proposal, records, held, partitions, skipped, range, perSecond } = report;
  const of = held === null || held === records ? '' : ` of ${count(held)}`;
  const within = partitions > 1 ? ` in ${partitions} partitions` : '';
  const rate = perSecond === null ? '' : `, about ${paceOf(perSecond)}`;
  return [
    `sampled ${count(records)}${of} records of ${proposal.origin}${within}`,
    `  from ${when(range.from)} to ${when(range.to)}${rate}`,
    ...(skipped.size === 0
      ? []
      : [
          `  skipped: ${[...skipped]
            .map(([what, times]) => `${count(times)} ${SKIPPED[what] ?? what}`)
            .join(', ')}`,
        ]),
  ];
}

function fieldLines({ stream }: ConfigProposal): string[] {
  return table([
    ['FIELD', 'TYPE', 'ROLE', 'MISSING', 'EXAMPLE'],
    ...stream.fields.map(({ name, type, role, missing, survey }) => [
      name,
      type,
      role,
      percent(missing),
      shorten(JSON.stringify(survey.example) ?? ''),
    ]),
  ]);
}

function leftOutLines({ stream: { leftOut } }: ConfigProposal): string[] {
  if (leftOut.length === 0) return [];
  const more = leftOut.length - MOST_LEFT_OUT;
  return [
    ...table([
      ['LEFT OUT', 'WHY'],
      ...leftOut.slice(0, MOST_LEFT_OUT).map(({ path, reason }) => [path, reason]),
    ]),
    ...(more > 0 ? [`and ${count(more)} more`] : []),
    '',
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
}

/** Events in the largest unit that does not need a fraction below 1. */
function paceOf(perSecond: number): string {
  for (const [unit, seconds] of [
    ['second', 1],
    ['minute', 60],
    ['hour', 3600],
  ] as const) {
    if (perSecond * seconds >= 1) return `${count(Math.round(perSecond * seconds))} per ${unit}`;
  }
  return `${count(Math.max(1, Math.round(perSecond * 86_400)))} per day`;
}

/** A path as it can be typed: the shell reads `$` and brackets otherwise. */
export function shellWord(text: string): string {
  return /^[\w./:=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function shorten(text: string): string {
  return text.length <= LONGEST_EXAMPLE ? text : `${text.slice(0, LONGEST_EXAMPLE - 1)}…`;
}

function when(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
