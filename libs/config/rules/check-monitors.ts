import { BY_MODEL_VERSION } from './check-baselines.ts';
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
  textAt,
} from './raw.ts';

export function checkMonitors(document: RawDocument, report: Report): void {
  for (const monitor of resourcesAt(document, 'monitors')) {
    checkReferences(monitor, { document, report });
    checkWindows(monitor, report);
    checkComparison(monitor, report);
    checkPersistence(monitor, report);
    checkSegments(monitor, { document, report });
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

/** Counts of segments would be about fewer rows than a reduced baseline may tell of. */
function checkSegments(
  { value, path }: RawResource,
  { document, report }: { readonly document: RawDocument; readonly report: Report },
): void {
  if (!Object.hasOwn(value, 'segments')) return;
  const baseline = textAt(value, 'baseline');
  const reduced = resourcesAt(document, 'baselines').find(
    (each) =>
      Object.hasOwn(each.value, 'privacy') &&
      (baseline === BY_MODEL_VERSION
        ? Object.hasOwn(each.value, 'model_version')
        : each.name === baseline),
  );
  if (reduced === undefined) return;
  report({
    path: [...path, 'segments'],
    target: 'key',
    reason: `needs a baseline without privacy: its counts would be about fewer rows than baselines.${reduced.name} may tell of`,
    fix: `remove segments here, or privacy from baselines.${reduced.name}`,
  });
}
