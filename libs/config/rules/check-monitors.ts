import { isMap } from '../describe.ts';
import { suggest } from '../suggest.ts';
import { checkFields } from './check-fields.ts';
import { checkReferences } from './check-references.ts';
import { checkThresholds } from './check-thresholds.ts';
import { checkWindows } from './check-windows.ts';
import {
  mapAt,
  numberAt,
  objection,
  type RawDocument,
  type RawResource,
  type Report,
  resourcesAt,
} from './raw.ts';

export function checkMonitors(document: RawDocument, report: Report): void {
  for (const monitor of resourcesAt(document, 'monitors')) {
    checkReferences(monitor, { document, report });
    checkWindows(monitor, report);
    checkThresholds(monitor, report);
    checkFields(monitor, report);
    checkListedFields(monitor, report);
    checkBins(monitor, report);
    checkPersistence(monitor, report);
  }
}

/** Where the fields are listed, settings of a field that is not among them would have no effect. */
function checkListedFields({ value, path }: RawResource, report: Report): void {
  const listed = listedFields(value.fields);
  if (listed === undefined) return;
  const known = [...listed, ...Object.keys(mapAt(value, 'derive'))];
  for (const key of ['thresholds', 'bins']) {
    for (const field of Object.keys(mapAt(value, key))) {
      if (field === '*' || known.includes(field)) continue;
      const suggestion = suggest(field, known);
      report({
        path: [...path, key, field],
        target: 'key',
        reason: 'is not among the fields of this monitor',
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

function checkPersistence({ value, path }: RawResource, report: Report): void {
  const persistence = mapAt(value, 'persistence');
  const count = numberAt(persistence, 'count');
  const of = numberAt(persistence, 'of');
  if (count === undefined || of === undefined || count <= of) return;
  report(
    objection([...path, 'persistence', 'count'], {
      reason: `must be at most of (${of}), got ${count}`,
    }),
  );
}
