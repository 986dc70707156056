import { isMap } from '../describe.ts';
import type { PathKey } from '../finding.ts';
import { mapAt, numberAt, objection, type RawDocument, type Report, textAt } from './raw.ts';

/** Derivations whose result lies on a circle of a known length. */
const CIRCULAR_DERIVATIONS = ['hour_of_day', 'day_of_week'];

/** `fields` and `derive` of a baseline or a monitor. */
export function checkFields(
  { value, path }: { readonly value: RawDocument; readonly path: readonly PathKey[] },
  report: Report,
): void {
  const overrides = mapAt(value, 'fields');
  const derived = mapAt(value, 'derive');
  for (const [name, override] of Object.entries(overrides)) {
    if (!isMap(override)) continue;
    const at = [...path, 'fields', name];
    checkPeriod(override, at, report);
    const { min, max } = rangeOf(override);
    if (min !== undefined && max !== undefined && min > max) {
      report(
        objection([...at, 'range'], {
          reason: `min must be at most max, got ${min} and ${max}`,
        }),
      );
    }
    for (const key of ['derive', 'path']) {
      if (!Object.hasOwn(derived, name) || !Object.hasOwn(override, key)) continue;
      report({
        path: [...at, key],
        target: 'key',
        reason: `must not be given for a field that derive makes`,
        fix: `remove it, or ${name} under derive`,
      });
    }
  }
}

function checkPeriod(override: RawDocument, path: readonly PathKey[], report: Report): void {
  const type = textAt(override, 'type');
  const hasPeriod = Object.hasOwn(override, 'period');
  if (type === 'circular' && !hasPeriod) {
    if (CIRCULAR_DERIVATIONS.includes(textAt(override, 'derive') ?? '')) return;
    report(
      objection([...path, 'type'], {
        reason: 'circular needs a period, the length of the circle in the field’s unit',
        fix: 'for example period: 24 for an hour of the day',
      }),
    );
  }
  if (type !== undefined && type !== 'circular' && hasPeriod) {
    report({
      path: [...path, 'period'],
      target: 'key',
      reason: `belongs to a circular field, and the type is ${type}`,
      fix: 'remove period, or write type: circular',
    });
  }
}

function rangeOf(override: RawDocument) {
  const range = mapAt(override, 'range');
  return { min: numberAt(range, 'min'), max: numberAt(range, 'max') };
}
