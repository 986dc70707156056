import type { MonitorItem } from '../api/types.ts';
import { verdictLook } from '../format/verdict.ts';
import { fieldLabel } from './field-label.ts';
import { seriesKey } from './history.ts';

/** What a person who cannot see the page should hear; empty when no state changed. */
export function announcement(
  before: readonly MonitorItem[],
  after: readonly MonitorItem[],
): string {
  const verdicts = new Map<string, string>();
  const conditions = new Map<string, string>();
  for (const monitor of before) {
    conditions.set(monitor.stream.name, monitor.stream.condition);
    for (const field of monitor.fields) {
      verdicts.set(seriesKey({ ...field, monitor: monitor.name }), field.verdict);
    }
  }
  const sentences = new Set<string>();
  for (const monitor of after) {
    const { name, condition, reason } = monitor.stream;
    const known = conditions.get(name);
    if (known !== undefined && known !== condition) {
      sentences.add(`Stream ${name} is ${condition}: ${reason}`);
    }
    for (const field of monitor.fields) {
      // Segments are many: what matters of them is in the words of their field.
      if (field.segment !== null) continue;
      const earlier = verdicts.get(seriesKey({ ...field, monitor: monitor.name }));
      if (earlier === undefined || earlier === field.verdict) continue;
      sentences.add(`${fieldLabel(field)} of ${monitor.name}: ${verdictLook(field.verdict).word}`);
    }
  }
  return [...sentences].join('. ');
}
