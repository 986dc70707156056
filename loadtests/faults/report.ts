import { cpus, totalmem } from 'node:os';
import type { FaultRun, FaultRunOptions } from './run-with-faults.ts';

export type FaultReport = ReturnType<typeof faultReport>;

/** What a run was and what came of it, as it is kept. */
export function faultReport(options: FaultRunOptions, run: FaultRun) {
  const { seed, brokers, perSecond } = options;
  return {
    seed,
    brokers,
    perSecond,
    machine: {
      cpus: cpus().length,
      model: cpus()[0]?.model ?? 'unknown',
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    ...run,
    rebalances: ['profiler', 'evaluator'].map((role) => ({
      role,
      ...summarise(run.rebalances.filter((one) => one.role === role)),
    })),
  };
}

function summarise(rebalances: FaultRun['rebalances']) {
  const sorted = rebalances.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return {
    count: sorted.length,
    milliseconds: { p50: at(0.5) ?? null, p90: at(0.9) ?? null, max: sorted.at(-1) ?? null },
  };
}

function rebalanceLine({ role, count, milliseconds }: FaultReport['rebalances'][number]): string {
  const { p50, p90, max } = milliseconds;
  return `| ${role}s: rebalances seen by members, each without consumption for | ${count}; p50 ${p50 ?? '–'} ms, p90 ${p90 ?? '–'} ms, at most ${max ?? '–'} ms |`;
}

/** The report for people. */
export function reportText(report: FaultReport): string {
  const { verified, rebalances, seconds, faults } = report;
  const kinds = [...Map.groupBy(faults, ({ kind }) => kind)]
    .map(([kind, own]) => `| ${kind} | ${own.length} |`)
    .sort();
  const number = (value: number) => Math.round(value).toLocaleString('en-US');
  const warnings = Object.entries(report.warnings).sort(([, a], [, b]) => b - a);
  return `
### ${faults.length} faults on ${report.brokers === 1 ? 'one broker' : `${report.brokers} brokers`}, seed ${report.seed}

Every number equal: ${number(verified.records)} records of the topic recounted; ${number(verified.panes)} panes
with ${number(verified.cells)} counts, and ${number(verified.evaluations)} evaluations, compared to the bit.

| | |
|---|---|
| events sent | ${number(report.events)} at ${number(report.perSecond)} a second |
| batches sent again | ${report.batchesRepeated} |
| worker processes started | ${report.workersStarted} |
| faults lasted | ${number(seconds.faults)} s |
| until all was counted after them | ${number(seconds.catchingUp)} s |
${rebalances.map(rebalanceLine).join('\n')}
| machine | ${report.machine.cpus} × ${report.machine.model}, ${report.machine.memoryGiB} GiB, Node.js ${report.machine.node} |
${report.diskFilled ? '' : '\nThe disk of the database was not filled: that needs the right to mount one.\n'}
| fault | times |
|---|---|
${kinds.join('\n')}

| logged as warning or error | times |
|---|---|
${warnings.map(([what, times]) => `| ${what} | ${times} |`).join('\n')}
`.trimStart();
}
