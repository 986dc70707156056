import { checkComparison } from './check-comparison.ts';
import { checkReferences } from './check-references.ts';
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
    checkComparison(monitor, report);
    checkPersistence(monitor, report);
  }
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
