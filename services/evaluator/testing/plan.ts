import { parseConfig } from '#libs/config/parse-config.ts';
import { resolveRules } from '#libs/detectors/rules.ts';
import { resolveSeriesRules } from '#libs/detectors/series-rules.ts';
import type { MonitorPlan } from '#libs/planning/plan-monitors.ts';
import { countRows, type Row } from '#libs/profiles/testing/rows.ts';
import { DEFINITION } from './blocks.ts';

/** A monitor over the tests' definition, with these rows as its baseline. */
export function planOf(monitorYaml: string, baseline: readonly Row[]): MonitorPlan {
  const text = `
streams: { flights: { topics: [flights], time: $.t } }
baselines: { reference: { file: unread.ndjson } }
monitors: { hourly: { stream: flights, baseline: reference, ${monitorYaml} } }
`;
  const parsed = parseConfig(text, { source: 'plumbline.yaml' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const monitor = parsed.config.monitors[0]!;
  const { layout } = DEFINITION;
  return {
    ...{ monitor, stream: parsed.config.streams[0]!, profile: DEFINITION },
    record: {
      ...{ namespace: 'default', name: 'reference', version: 'v1', hash: layout.baselineHash },
      ...{ modelVersion: null, createdAt: 0, rows: baseline.length, timeRange: null },
      ...{ source: { uri: 'unread.ndjson', sha256: '', bytes: 0 }, summary: null },
    },
    reference: { total: countRows(layout, baseline), panes: [], paneMs: null, timeRange: null },
    rules: resolveRules(layout, monitor),
    expiry: null,
    series: resolveSeriesRules(layout, monitor.sequential),
  };
}
