import type { Verdict } from '#libs/detectors/evaluation.ts';
import type { BaselineComparison } from '#libs/planning/compare-baselines.ts';
import type { BaselineRecord } from '#libs/store/port.ts';
import { printable } from '../describe-error.ts';

const LABELS: Readonly<Record<Verdict, string>> = {
  ok: 'OK',
  warning: 'WARNING',
  critical: 'CRITICAL',
  insufficient_data: 'NO DATA',
  no_baseline: 'NO BASELINE',
};

/** Two versions of a baseline against each other, the worst field first, as lines. */
export function describeComparison(
  { fields, only_before, only_after, changed }: BaselineComparison,
  { before, after }: { readonly before: BaselineRecord; readonly after: BaselineRecord },
): string {
  const order = ['critical', 'warning', 'insufficient_data', 'no_baseline', 'ok'];
  const sorted = [...fields].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const width = Math.max(0, ...fields.map(({ field }) => (field ?? '').length));
  const lines = [
    `${before.namespace}/${before.name}`,
    `  from  ${lineOf(before)}`,
    `  to    ${lineOf(after)}`,
    ...sorted.map(
      ({ field, verdict, reason }) =>
        `${LABELS[verdict].padEnd(8)}  ${(field ?? '').padEnd(width)}  ${reason}`,
    ),
    ...only_before.map((field) => `GONE      ${field}`),
    ...only_after.map((field) => `NEW       ${field}`),
    ...changed.map(({ field, reason }) => `CHANGED   ${field}  ${reason}`),
  ];
  if (before.hash === after.hash) lines.push('both have the same content');
  // Which warnings there are is mostly the same for all fields.
  const warnings = new Set(fields.flatMap((assessment) => assessment.warnings));
  return printable(
    `${[...lines, ...[...warnings].map((text) => `warning: ${text}`)].join('\n')}\n`,
  );
}

function lineOf({ version, rows, modelVersion, timeRange }: BaselineRecord): string {
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  return [
    `version ${version}`,
    `${rows.toLocaleString('en-US')} rows`,
    ...(timeRange === null ? [] : [`${day(timeRange.start)} … ${day(timeRange.end)}`]),
    ...(modelVersion === null ? [] : [`model ${modelVersion}`]),
  ].join(', ');
}
