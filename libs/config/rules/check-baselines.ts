import { parseTimestamp } from '#libs/profiles/timestamp.ts';
import { checkFields } from './check-fields.ts';
import { objection, type RawDocument, type Report, resourcesAt, textAt } from './raw.ts';

/** Stands for a choice among baselines, so no baseline can be called that. */
export const BY_MODEL_VERSION = 'by_model_version';

export function checkBaselines(document: RawDocument, report: Report): void {
  for (const baseline of resourcesAt(document, 'baselines')) {
    const { name, value, path } = baseline;
    if (name === BY_MODEL_VERSION) {
      report({
        path,
        target: 'key',
        reason:
          'must be another name: monitors use this one for the baseline of each model version',
      });
    }
    const from = parseTimestamp(textAt(value, 'from'));
    const to = parseTimestamp(textAt(value, 'to'));
    if (from >= to) {
      report(
        objection([...path, 'to'], {
          reason: `must be after from, got ${textAt(value, 'to')} and from ${textAt(value, 'from')}`,
        }),
      );
    }
    for (const key of ['from', 'to', 'pane']) {
      if (!Object.hasOwn(value, key) || Object.hasOwn(value, 'time')) continue;
      report({
        path: [...path, key],
        target: 'key',
        reason: 'needs time, the path of the event time in the file',
        fix: 'add time: $.name_of_the_column',
      });
    }
    checkFields(baseline, report);
  }
}
