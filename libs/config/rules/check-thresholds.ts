import { isMap } from '../describe.ts';
import type { PathKey } from '../finding.ts';
import {
  mapAt,
  numberAt,
  objection,
  type RawDocument,
  type RawResource,
  type Report,
} from './raw.ts';

/** Warnings come before criticals, and `volume` belongs to the stream. */
export function checkThresholds({ value, path }: RawResource, report: Report): void {
  for (const [field, statistics] of Object.entries(mapAt(value, 'thresholds'))) {
    if (!isMap(statistics)) continue;
    for (const [statistic, limits] of Object.entries(statistics)) {
      const at = [...path, 'thresholds', field, statistic];
      if (statistic !== 'volume') {
        if (isMap(limits)) checkLimits(limits, at, report);
        continue;
      }
      if (field !== '*') {
        report({
          path: at,
          target: 'key',
          reason: 'belongs to the stream as a whole, not to a field',
          fix: 'write it under "*"',
        });
      }
      if (isMap(limits)) checkBand(limits, at, report);
    }
  }
}

function checkLimits(limits: RawDocument, path: readonly PathKey[], report: Report): void {
  const warning = numberAt(limits, 'warning');
  const critical = numberAt(limits, 'critical');
  if (warning === undefined || critical === undefined || warning <= critical) return;
  report(
    objection([...path, 'warning'], {
      reason: `must be at most critical (${critical}), got ${warning}`,
    }),
  );
}

/** Too few is worse the lower it is, too many the higher. */
function checkBand(limits: RawDocument, path: readonly PathKey[], report: Report): void {
  const warning = mapAt(limits, 'warning');
  const critical = mapAt(limits, 'critical');
  for (const side of ['low', 'high'] as const) {
    const first = numberAt(warning, side);
    const second = numberAt(critical, side);
    if (first === undefined || second === undefined) continue;
    if (side === 'low' ? first >= second : first <= second) continue;
    report(
      objection([...path, 'warning', side], {
        reason: `must be at ${side === 'low' ? 'least' : 'most'} critical.${side} (${second}), got ${first}`,
      }),
    );
  }
}
