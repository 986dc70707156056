import { ARROW_ROWS } from './arrow-records.ts';
import type { BenchBed } from './bench-bed.ts';
import { WATCHED_FIELDS } from './bench-config.ts';
import type { FilledTopic } from './fill-topic.ts';
import type { Monitored } from './run-monitor.ts';
import { runTask } from './run-task.ts';

/** Rows a second of one process that were aimed at. */
export const ARROW_TARGET = 1e6;

/** Offsets of a block: of 1,000 rows each. */
const BLOCK_SIZE = 256;

export interface ArrowResult {
  readonly topic: FilledTopic;
  readonly rowsPerRecord: number;
  readonly fields: number;
  readonly runs: readonly Monitored[];
  readonly profiled: Monitored;
}

/** The whole monitor over record batches in Arrow's format, one process. */
export async function measureArrow(
  bed: BenchBed,
  { rows, runs }: { readonly rows: number; readonly runs: number },
): Promise<ArrowResult> {
  const topic = await bed.fill('arrow', rows);
  const run = (profiled: boolean): Promise<Monitored> => {
    const config = bed.freshConfig({
      ...{ topic: topic.topic, codec: 'arrow', blockSize: BLOCK_SIZE },
      ...{ window: '1d', lateness: '1h' },
    });
    return runTask('runMonitor', { ...config, records: topic.records, profiled });
  };
  const found: Monitored[] = [];
  while (found.length < runs) found.push(await run(false));
  const profiled = await run(true);
  return { topic, rowsPerRecord: ARROW_ROWS, fields: WATCHED_FIELDS, runs: found, profiled };
}
