import type { FieldSpec } from '#libs/profiles/field.ts';
import type { LeftOutPath, ProposedField } from './propose-field.ts';
import { wordsOf } from './words.ts';

export interface MatchedFields {
  readonly fields: readonly ProposedField[];
  readonly leftOut: readonly LeftOutPath[];
}

/**
 * The fields that events and baseline have in common, read so that both count alike.
 *
 * @param columns fields of the baseline as inferred from its data alone
 */
export function matchBaseline(
  fields: readonly ProposedField[],
  columns: readonly FieldSpec[],
): MatchedFields {
  const byPath = new Map(columns.map((column) => [column.path, column]));
  const kept: ProposedField[] = [];
  const leftOut: LeftOutPath[] = [];
  for (const field of fields) {
    const column = byPath.get(field.path);
    const leave = (reason: string) => leftOut.push({ kind: 'left_out', path: field.path, reason });
    if (column === undefined) {
      const leaf = foldedLeaf(field.survey.keys.join('.'));
      const other = columns.find(({ name }) => foldedLeaf(name) === leaf)?.name;
      leave(
        other === undefined
          ? 'the baseline lacks it'
          : `the baseline lacks it, but has a column ${other}: both need the same path`,
      );
      continue;
    }
    const common = reconcile(field, column);
    if (common === undefined) {
      leave(`${article(field.type)} in the events, ${article(column.type)} in the baseline`);
    } else kept.push(common);
  }
  return { fields: kept, leftOut };
}

/** The field as both sides can be read, or nothing. */
function reconcile(field: ProposedField, column: FieldSpec): ProposedField | undefined {
  const { seen } = field.survey;
  if (field.type === column.type) return field;
  if (field.type === 'categorical') {
    // Texts of which few repeat in the file are categories all the same where the events say so.
    if (column.type === 'id') return field;
    // Numbers are categories for the baseline too, once the type says so.
    const numbers = seen.numbers > 0 || seen.numericTexts;
    if (column.type === 'numeric') return numbers ? { ...field, coerce: true } : undefined;
  }
  return undefined;
}

function article(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type} field`;
}

function foldedLeaf(name: string): string {
  return wordsOf(name.split('.').at(-1) ?? '').join('');
}
