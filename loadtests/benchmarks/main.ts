import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';
import { PARTS, type PartName, type Results } from './parts.ts';
import { formatResults } from './print-results.ts';
import { recordRun } from './record-run.ts';

const HERE = dirname(fileURLToPath(import.meta.url));

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string', default: resolve(HERE, 'results/latest.json') },
    record: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    part: { type: 'string' },
  },
});

if (options.part === undefined) await runAll();
else process.send?.(await PARTS[checkPart(options.part)](options.quick));

/** Every part has a process of its own: no part inherits another one's heap or compiled code. */
async function runAll(): Promise<void> {
  const machine = describeMachine(new Date());
  const names = options.only?.map(checkPart) ?? (Object.keys(PARTS) as PartName[]);
  const results: Partial<Record<PartName, unknown>> = {};
  const begun = performance.now();
  for (const name of names) {
    process.stderr.write(`${name} …\n`);
    results[name] = await runPart(name);
  }
  const seconds = Math.round((performance.now() - begun) / 1000);
  const facts = machine.finish();
  const report = { quick: options.quick, seconds, machine: facts, results };
  mkdirSync(dirname(resolve(options.json)), { recursive: true });
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  const text = formatResults(facts, results as Partial<Results>);
  process.stdout.write(`${text}\n`);
  if (options.record) recordRun('recorded', { report, text });
  process.stderr.write(`\n${seconds} s; written to ${options.json}\n`);
}

function runPart(name: PartName): Promise<unknown> {
  const child = fork(
    fileURLToPath(import.meta.url),
    ['--part', name, ...(options.quick ? ['--quick'] : [])],
    { execArgv: ['--expose-gc'] },
  );
  return new Promise((done, failed) => {
    let result: unknown;
    child.on('message', (message) => {
      result = message;
    });
    child.on('error', failed);
    child.on('exit', (code) => {
      if (result === undefined) failed(new Error(`Cannot run ${name}: it ended with ${code}`));
      else done(result);
    });
  });
}

function checkPart(name: string): PartName {
  const known = Object.keys(PARTS);
  if (known.includes(name)) return name as PartName;
  throw new Error(`Cannot run ${name}: it must be one of ${known.join(', ')}`);
}
