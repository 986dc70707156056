import { parseArgs } from 'node:util';
import { doTask } from './tasks.ts';

/** What the command was told. @throws where that is not understood */
function readOptions() {
  return parseArgs({
    options: {
      events: { type: 'string' },
      pairs: { type: 'string' },
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      brokers: { type: 'string' },
      record: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      task: { type: 'string' },
      input: { type: 'string' },
    },
  }).values;
}

function optionsOrExit(): ReturnType<typeof readOptions> {
  try {
    return readOptions();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(2);
  }
}

const options = optionsOrExit();
if (options.task !== undefined) await doTask(options.task, options.input ?? '');
else {
  // What measures should not be loaded where it is measured.
  const { runBenchmarks } = await import('./run-benchmarks.ts');
  await runBenchmarks(options);
}
