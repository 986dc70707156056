import { OTHER_SEGMENT } from '#libs/profiles/segment-value.ts';
import type { Baseline, BaselineField } from './baseline.ts';
import type { BuildTally } from './build-baseline.ts';
import type { ChosenSegments } from './choose-segments.ts';
import type { Table } from './readers/table.ts';
import type { BaselineWarning } from './warning.ts';

/** Below this no statistic can detect a moderate shift. */
const SMALL = 1000;

/** Warnings that only the complete counts can give. */
export function summariseBuild(input: {
  readonly baseline: Baseline;
  readonly tally: BuildTally;
  readonly source: Table;
  readonly chosen: readonly ChosenSegments[];
}): BaselineWarning[] {
  const { baseline, tally, source, chosen } = input;
  const warnings: BaselineWarning[] = source.warnings.map((message) => ({
    code: 'source',
    field: null,
    message,
  }));
  if (tally.malformed > 0) {
    const message = `${tally.malformed} malformed lines were skipped`;
    warnings.push({ code: 'malformed_rows', field: null, message });
  }
  if (tally.untimed > 0) {
    const message = `${tally.untimed} of ${tally.read} rows have no usable event time and are left out`;
    warnings.push({ code: 'untimed_rows', field: null, message });
  }
  if (baseline.privacy !== undefined) {
    const message = `reduced until no count is about fewer than ${baseline.privacy.minCount} rows; without panes, p-values take events as independent`;
    warnings.push({ code: 'reduced', field: null, message });
  }
  if (baseline.rows < SMALL) {
    const message = `only ${baseline.rows} rows: small shifts cannot be told from noise`;
    warnings.push({ code: 'small', field: null, message });
  }
  for (const segments of chosen) warnings.push(...segmentWarnings(segments, baseline.rows));
  for (const field of baseline.fields) warnings.push(...fieldWarnings(field, baseline.rows));
  return warnings;
}

function segmentWarnings(
  { request, values, distinct, rows }: ChosenSegments,
  all: number,
): BaselineWarning[] {
  if (rows === all) return [];
  const share = `${Number(((100 * rows) / all).toPrecision(3))}%`;
  const by = request.by.join(' and ');
  const message = `${values.length} of ${distinct} values of ${by} are segments, with ${share} of the rows; all else counts together as ${OTHER_SEGMENT}`;
  return [{ code: 'segments_folded', field: null, message }];
}

function fieldWarnings(field: BaselineField, rows: number): BaselineWarning[] {
  const { name, type } = field.spec;
  const warnings: BaselineWarning[] = [];
  if (field.missing === rows) {
    warnings.push({ code: 'all_missing', field: name, message: 'no row has a value' });
  } else if (field.kind !== 'rates' && field.values.length === 1) {
    const message = `all values equal ${JSON.stringify(field.values[0])}: any other value is drift`;
    warnings.push({ code: 'constant', field: name, message });
  }
  if (field.wrongType > 0) {
    const message = `${field.wrongType} of ${rows} values are not ${type}; they count as of a wrong type`;
    warnings.push({ code: 'mixed_types', field: name, message });
  }
  return warnings;
}
