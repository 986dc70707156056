import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { missingForKafka } from '#deploy/kafka/fetch-kafka.ts';
import { findPostgres } from '#deploy/postgres/postgres-program.ts';
import { faultReport, reportText } from './report.ts';
import { runWithFaults } from './run-with-faults.ts';

const program = findPostgres();
const missing = missingForKafka() ?? ('missing' in program ? program.missing : undefined);
const TITLE = 'ten faults on one broker';

if (missing !== undefined && process.env.CI !== 'true') {
  describe.skip(`${TITLE} (not run: ${missing})`, () => test('needs Kafka and PostgreSQL'));
} else {
  test(`${TITLE} leave no trace in any number`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'plumbline-faults-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const said: string[] = [];
    const options = {
      ...({ seed: 1, faults: 10, brokers: 1, perSecond: 1000, directory } as const),
      say: (line: string) => said.push(line),
    };
    const run = await runWithFaults(options).catch((error: Error) => {
      throw new Error(`${said.join('\n')}\n${error.stack}`, { cause: error });
    });
    expect(new Set(run.faults.map(({ kind }) => kind)).size).toBeGreaterThan(3);
    expect(run.verified.records).toBeGreaterThanOrEqual(run.events);
    expect(run.verified.evaluations).toBeGreaterThan(100);
    expect(run.rebalances.length).toBeGreaterThan(0);
    expect(reportText(faultReport(options, run))).toContain('10 faults on one broker, seed 1');
  }, 290_000);
}
