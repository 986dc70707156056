import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { faultReport, reportText } from './report.ts';
import { type FaultRunOptions, runWithFaults } from './run-with-faults.ts';

const HELP = `Breaks Plumbline on purpose and compares every number with a recount.

Usage: npm run faults -- [options]

  --seed <number>       chooses the faults and the events (default: 1)
  --faults <count>      how many faults happen (default: 10)
  --brokers <1|3>       brokers of the Kafka that it starts (default: 1)
  --rate <number>       events a second while faults happen (default: 1500)
  --out <file>          writes the report as JSON
  --record              keeps the report as the one that docs/faults.md shows
  --keep                leaves the folder with logs where it is
  --help                this text

Starts Kafka (Java and Maven are needed), PostgreSQL and Plumbline's processes on this machine, on
loopback, and stops them all. Exit codes: 0 all equal, 1 a difference or a failure, 2 bad usage.
`;

const DOCUMENTATION = join(import.meta.dirname, '..', '..', 'docs', 'faults.md');
/** What follows it in the documentation is the recorded run. */
const MARKER = '<!-- recorded run -->';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    faults: { type: 'string', default: '10' },
    brokers: { type: 'string', default: '1' },
    rate: { type: 'string', default: '1500' },
    out: { type: 'string' },
    record: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function whole(name: 'seed' | 'faults' | 'rate' | 'brokers', least: number): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= least) return number;
  process.stderr.write(`--${name} must be a whole number of at least ${least}\n`);
  process.exit(2);
}

if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const brokers = whole('brokers', 1);
if (brokers !== 1 && brokers !== 3) {
  process.stderr.write('--brokers must be 1 or 3\n');
  process.exit(2);
}
const options: FaultRunOptions = {
  ...{ seed: whole('seed', 0), faults: whole('faults', 0), brokers },
  perSecond: whole('rate', 1),
  directory: mkdtempSync(join(tmpdir(), 'plumbline-faults-')),
  say: (line) => process.stdout.write(`${line}\n`),
};
try {
  const report = faultReport(options, await runWithFaults(options));
  process.stdout.write(reportText(report));
  if (values.out !== undefined) {
    writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
  }
  if (values.record) {
    const [before] = readFileSync(DOCUMENTATION, 'utf8').split(MARKER);
    writeFileSync(DOCUMENTATION, `${before}${MARKER}\n\n${reportText(report)}`);
  }
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.stderr.write(`logs of the processes: ${join(options.directory, 'workers.log')}\n`);
} finally {
  if (!values.keep && process.exitCode !== 1) {
    rmSync(options.directory, { recursive: true, force: true });
  }
}
// What a failure left behind must not keep the command from ending.
process.exit();
