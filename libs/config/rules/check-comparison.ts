import { isMap } from '../describe.ts';
import { suggest } from '../suggest.ts';
import { checkFields } from './check-fields.ts';
import { checkThresholds } from './check-thresholds.ts';
import { mapAt, objection, type RawResource, type Report } from './raw.ts';

/** What the keys of a comparison, in a monitor or by themselves, demand of each other. */
export function checkComparison(resource: RawResource, report: Report): void {
  checkThresholds(resource, report);
  checkFields(resource, report);
  checkListedFields(resource, report);
  checkBins(resource, report);
}

/** Where the fields are listed, settings of a field that is not among them would have no effect. */
function checkListedFields({ value, path }: RawResource, report: Report): void {
  const listed = listedFields(value.fields);
  if (listed === undefined) return;
  const known = [...listed, ...Object.keys(mapAt(value, 'derive'))];
  for (const key of ['thresholds', 'sequential', 'bins']) {
    for (const field of Object.keys(mapAt(value, key))) {
      if (field === '*' || known.includes(field)) continue;
      const suggestion = suggest(field, known);
      report({
        path: [...path, key, field],
        target: 'key',
        reason: 'is not among the fields that are listed',
        ...(suggestion === undefined
          ? { fix: 'add it to fields, or remove it here' }
          : { suggestion }),
      });
    }
  }
}

function listedFields(fields: unknown): readonly string[] | undefined {
  if (Array.isArray(fields)) return fields.filter((name) => typeof name === 'string');
  return isMap(fields) ? Object.keys(fields) : undefined;
}

function checkBins({ value, path }: RawResource, report: Report): void {
  for (const [field, edges] of Object.entries(mapAt(value, 'bins'))) {
    if (!isListOfNumbers(edges)) continue;
    const wrong = edges.findIndex((edge, index) => edge < (edges[index - 1] ?? edge));
    if (wrong === -1) continue;
    report(
      objection([...path, 'bins', field, wrong], {
        reason: `must be above the edge before it (${edges[wrong - 1]}), got ${edges[wrong]}`,
        fix: 'list the edges in ascending order',
      }),
    );
  }
}

function isListOfNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}
