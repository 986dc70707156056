import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { describeMachine } from '../machine.ts';
import { summarise } from '../measure.ts';
import { formatMachine } from '../print-results.ts';
import { agreement } from './agreement.ts';

const FLIGHTS = fileURLToPath(
  new URL('../../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);
const CLI = fileURLToPath(new URL('../../../services/cli/plumbline.js', import.meta.url));
const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const run = promisify(execFile);

/** What a process gave and took. */
interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    pairs: { type: 'string', default: '4' },
    rows: { type: 'string', default: '3000000' },
  },
});

await requirePython(options.python);
const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-check-'));
try {
  await benchmark(Number(options.pairs));
} finally {
  rmSync(folder, { recursive: true });
}

async function benchmark(pairs: number): Promise<void> {
  const machine = describeMachine(new Date());
  const current = join(folder, 'current.parquet');
  await run(options.python, [beside('current.py'), FLIGHTS, current, options.rows]);
  const ways = {
    plumbline: [process.execPath, CLI, 'check', '--baseline', FLIGHTS, '--current', current],
    python: [options.python, beside('compare.py'), FLIGHTS, current],
  };
  ways.plumbline.push('--format', 'json');
  const runs: Record<keyof typeof ways, Run[]> = { plumbline: [], python: [] };
  for (let pair = 0; pair < pairs; pair++) {
    // A B B A: neither way always comes first.
    const order =
      pair % 2 === 0 ? (['plumbline', 'python'] as const) : (['python', 'plumbline'] as const);
    for (const way of order) {
      process.stderr.write(`pair ${pair + 1} of ${pairs}: ${way} …\n`);
      runs[way].push(await measured(ways[way]));
    }
  }
  const rows = (['plumbline', 'python'] as const).map((way) => rowOf(way, runs[way]));
  const ratio = (of: (result: Run) => number) => {
    const { median, min, max } = summarise(
      runs.python.map((other, i) => of(other) / of(runs.plumbline[i]!)),
    );
    return `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`;
  };
  process.stdout.write(
    `${[
      formatMachine(machine.finish()),
      '',
      `Two files of ${Number(options.rows).toLocaleString('en-US')} rows and 5 columns, ${pairs} pairs of runs.`,
      '',
      '| | wall time, s | CPU time, s | peak memory, MB |',
      '|---|---|---|---|',
      ...rows,
      `| ratio | ${ratio((r) => r.wallSeconds)} | ${ratio((r) => r.cpuSeconds)} | ${ratio((r) => r.peakBytes)} |`,
      '',
      agreement(runs.plumbline[0]!.out, runs.python[0]!.out),
    ].join('\n')}\n`,
  );
}

async function measured(command: readonly string[]): Promise<Run> {
  const { stdout } = await run(options.python, [beside('run.py'), ...command], {
    maxBuffer: 2 ** 26,
  });
  const result = JSON.parse(stdout) as Run;
  // A check that finds drift ends with 1, as this one should.
  if (result.code > 1) throw new Error(`Cannot measure ${command[0]}: ${result.err}`);
  return result;
}

function rowOf(name: string, runs: readonly Run[]): string {
  const cell = (values: readonly number[], digits: number) => {
    const { median, min, max } = summarise(values);
    return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
  };
  const label = name === 'plumbline' ? '`plumbline check`' : 'pyarrow + SciPy';
  const wall = cell(
    runs.map(({ wallSeconds }) => wallSeconds),
    2,
  );
  const cpu = cell(
    runs.map(({ cpuSeconds }) => cpuSeconds),
    2,
  );
  const memory = cell(
    runs.map(({ peakBytes }) => peakBytes / 1e6),
    0,
  );
  return `| ${label} | ${wall} | ${cpu} | ${memory} |`;
}

async function requirePython(python: string): Promise<void> {
  try {
    await run(python, ['-c', 'import numpy, pyarrow, scipy']);
  } catch {
    process.stderr.write(
      `Cannot run: ${python} must have numpy, pyarrow and scipy
  fix: python3 -m venv VENV && VENV/bin/pip install -r loadtests/benchmarks/check/requirements.txt
       npm run bench:check -- --python VENV/bin/python\n`,
    );
    process.exit(2);
  }
}
