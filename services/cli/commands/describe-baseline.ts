import type { BaselineSummary } from '#libs/baselines/create-baseline.ts';
import type { BaselineRecord } from '#libs/store/port.ts';
import { printable } from '../describe-error.ts';

/** Provenance, fields and warnings of a baseline, as lines. */
export function describeBaseline(record: BaselineRecord): string {
  const summary = record.summary as BaselineSummary;
  const { timeRange, source } = record;
  const lines = [
    `${record.namespace}/${record.name} version ${record.version}`,
    `  hash     ${record.hash}`,
    `  rows     ${record.rows.toLocaleString('en-US')}`,
    `  source   ${source.uri} (${source.bytes.toLocaleString('en-US')} bytes, sha256 ${source.sha256.slice(0, 12)}…)`,
    `  time     ${timeRange === null ? 'no event times' : `${new Date(timeRange.start).toISOString()} … ${new Date(timeRange.end).toISOString()}, ${summary.panes} panes`}`,
    `  model    ${record.modelVersion ?? 'not said'}`,
    ...(summary.min_count === undefined
      ? []
      : [`  privacy  no count is about fewer than ${summary.min_count} rows`]),
    '',
  ];
  const fields = summary.fields.map((field) => [
    `  ${field.name}`,
    field.type,
    field.distinct === null ? '–' : field.distinct.toLocaleString('en-US'),
    field.missing.toLocaleString('en-US'),
    field.wrong_type.toLocaleString('en-US'),
  ]);
  const warnings = summary.warnings.map(({ message }) => `  warning: ${message}\n`);
  const columns = ['  FIELD', 'TYPE', 'DISTINCT', 'MISSING', 'WRONG TYPE'];
  return printable(`${lines.join('\n')}${table([columns, ...fields])}${warnings.join('')}`);
}

/** Baselines one a line, the newest of each name first. */
export function tabulateBaselines(records: readonly BaselineRecord[]): string {
  const rows = records.map((record) => [
    record.name,
    record.version,
    record.rows.toLocaleString('en-US'),
    record.modelVersion ?? '–',
    record.timeRange === null
      ? '–'
      : `${day(record.timeRange.start)} … ${day(record.timeRange.end)}`,
    day(record.createdAt),
  ]);
  const columns = ['NAME', 'VERSION', 'ROWS', 'MODEL', 'EVENT TIME', 'CREATED'];
  return printable(table([columns, ...rows]));
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) => row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
