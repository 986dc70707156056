import { KERNEL_TARGET } from './kernel.ts';
import type { Machine } from './machine.ts';
import { type Summary, summarise } from './measure.ts';
import type { Results } from './parts.ts';
import { WHOLE_PATH_TARGET } from './whole-path.ts';

/** The results as Markdown: what is printed is what the documentation shows. */
export function formatResults(machine: Machine, results: Partial<Results>): string {
  const { kernel, wholePath, shapes, blocks, comparisons, fieldMemory, flatness } = results;
  return [
    formatMachine(machine),
    ...(kernel === undefined ? [] : [formatKernel(kernel)]),
    ...(wholePath === undefined ? [] : [formatWholePath(wholePath)]),
    ...(shapes === undefined ? [] : [formatShapes(shapes)]),
    ...(blocks === undefined ? [] : [formatBlocks(blocks)]),
    ...(comparisons === undefined ? [] : [formatComparisons(comparisons)]),
    ...(fieldMemory === undefined ? [] : [formatFieldMemory(fieldMemory)]),
    ...(flatness === undefined ? [] : [formatFlatness(flatness)]),
  ].join('\n\n');
}

export function formatMachine(machine: Machine): string {
  const { date, node, cpu, cores, memoryGigabytes, platform, load } = machine;
  return `${date.slice(0, 10)}, Node ${node}, ${cores} cores (${cpu}), ${memoryGigabytes} GB, ${platform}; load average ${load.before} before, ${load.after} after.`;
}

function formatKernel(results: Results['kernel']): string {
  const { rows, valuesPerSecond } = KERNEL_TARGET;
  const lines = results.map((result) => {
    const { perCpuSecond, perWallSecond } = result.counted;
    const target =
      result.rows === rows ? verdict(perCpuSecond.median >= valuesPerSecond) : 'no target';
    return [
      ...[result.shape, whole(result.rows), whole(result.knots), share(result.openShare)],
      ...[millions(perCpuSecond), millions(perWallSecond), target],
      millions(result.withSums.perCpuSecond),
    ];
  });
  return section(
    `Kernel: million values a second (target: at least ${valuesPerSecond / 1e6} of CPU time at ${whole(rows)} baseline rows)`,
    table(
      [
        ...['data', 'baseline rows', 'knots', 'values off knots', 'counted, of CPU time'],
        ...['counted, of wall time', 'target', 'with exact sums, of CPU time'],
      ],
      lines,
    ),
    `Counts of both ways agree: ${yes(results.every(({ countsAgree }) => countsAgree))}.`,
  );
}

function formatWholePath(result: Results['wholePath']): string {
  const { events, pairs, cpuRatio, wallRatio, recount } = result;
  const timings = [
    ['JSON.parse alone', pairs.map(({ parse }) => parse)] as const,
    ['whole path', pairs.map(({ whole: path }) => path)] as const,
  ];
  const perEvent = (times: readonly number[]) =>
    spelled(summarise(times.map((nanoseconds) => nanoseconds / events)), 0);
  const perSecond = (times: readonly number[]) => whole((events * 1e9) / summarise(times).median);
  return section(
    `Whole path: NDJSON to blocks, ${whole(events)} flights, fields ${result.fields.join(', ')}`,
    table(
      ['', 'CPU ns/event', 'wall ns/event', 'events a second of CPU time'],
      timings.map(([name, found]) => [
        name,
        perEvent(found.map(({ cpuNs }) => cpuNs)),
        perEvent(found.map(({ wallNs }) => wallNs)),
        perSecond(found.map(({ cpuNs }) => cpuNs)),
      ]),
    ),
    `Ratio of JSON.parse alone to the whole path: ${quartiled(cpuRatio)} of CPU time, ${quartiled(wallRatio)} of wall time; target at least ${WHOLE_PATH_TARGET} of CPU time: ${verdict(cpuRatio.median >= WHOLE_PATH_TARGET)}.`,
    `CPU ratio of each pair, every second one with the whole path first: ${pairs.map((pair) => pair.cpuRatio.toFixed(2)).join(' ')}.`,
    `Recount with plain maps: ${whole(recount.compared)} numbers of ${recount.panes} panes compared, ${recount.differences.length === 0 ? 'all equal' : recount.differences.join('; ')}.`,
  );
}

function formatShapes(results: Results['shapes']): string {
  return section(
    'Shapes: the same ten fields in events that are built differently, CPU nanoseconds an event',
    table(
      ['events', 'bytes', 'JSON.parse alone', 'whole path', 'ratio, middle half in brackets'],
      results.map(({ shape, events, bytes, pairs, cpuRatio: { median, quartiles } }) => {
        const perEvent = (way: 'parse' | 'whole') =>
          spelled(summarise(pairs.map((pair) => pair[way].cpuNs / events)), 0);
        const [low, high] = quartiles.map((ratio) => ratio.toFixed(2));
        return [
          ...[shape, whole(bytes / events), perEvent('parse'), perEvent('whole')],
          `${median.toFixed(2)} (${low}–${high})`,
        ];
      }),
    ),
  );
}

function formatBlocks(results: Results['blocks']): string {
  return section(
    'Blocks: CPU nanoseconds an event',
    table(
      [
        ...['workload', 'blocks', 'panes/block', 'bytes/block', 'bytes/event'],
        ...['fields to columns', 'encode', 'decode', 'merge'],
      ],
      results.map((result) => [
        ...[result.workload, whole(result.blocks), result.panesPerBlock.toFixed(1)],
        ...[whole(result.bytesPerBlock), result.bytesPerEvent.toFixed(2)],
        ...[result.append, result.encode, result.decode, result.merge].map((summary) =>
          spelled(summary, 1),
        ),
      ]),
    ),
    `All events are in the merged panes: ${yes(results.every(({ countsAgree }) => countsAgree))}.`,
  );
}

function formatComparisons(results: Results['comparisons']): string {
  return section(
    'Comparisons: CPU microseconds for one window',
    table(
      ['comparison', 'cells or bins', 'values of the window', 'CPU µs'],
      results.map(({ comparison, places, values, cpuMicroseconds }) => [
        ...[comparison, whole(places), whole(values), spelled(cpuMicroseconds, 1)],
      ]),
    ),
  );
}

function formatFieldMemory(results: Results['fieldMemory']): string {
  return section(
    'Memory of one field',
    table(
      ['field', 'cells', 'bytes a pane', 'bytes a window', 'panes of the window'],
      results.map((result) => [
        ...[result.field, whole(result.cells), whole(result.paneBytes)],
        ...[whole(result.windowBytes), `${result.windowPanes} and their total`],
      ]),
    ),
  );
}

function formatFlatness(result: Results['flatness']): string {
  const { growth } = result;
  return section(
    `Flatness: profiler and evaluator in one process, ${result.fields} fields, ${result.retainedPanes} panes kept`,
    table(
      ['events', 'RSS, MB', 'heap and array buffers, MB'],
      result.readings.map(({ events, rssMegabytes, heldMegabytes }) => [
        ...[whole(events), rssMegabytes.toFixed(1), heldMegabytes.toFixed(1)],
      ]),
    ),
    `From ${whole(growth.fromEvents)} to ${whole(result.events)} events: RSS ${signed(growth.rssMegabytes)} MB, heap and array buffers ${signed(growth.heldMegabytes)} MB. Events counted: ${whole(result.counted)}.`,
  );
}

export function section(title: string, ...paragraphs: readonly string[]): string {
  return [`## ${title}`, ...paragraphs].join('\n\n');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Median, then the range in brackets. */
function spelled({ median, min, max }: Summary, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

/** Median, the middle half and the whole range. */
function quartiled({ median, min, max, quartiles: [low, high] }: Summary): string {
  const [middle, half, all] = [[median], [low, high], [min, max]].map((values) =>
    values.map((value) => value.toFixed(2)).join('–'),
  );
  return `median ${middle} (half of the pairs ${half}, all ${all})`;
}

function millions({ median, min, max, ...rest }: Summary): string {
  return spelled({ ...rest, median: median / 1e6, min: min / 1e6, max: max / 1e6 }, 1);
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function share(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function signed(value: number): string {
  return value > 0 ? `+${value.toFixed(1)}` : value.toFixed(1);
}

export function verdict(met: boolean): string {
  return met ? 'met' : 'missed';
}

function yes(value: boolean): string {
  return value ? 'yes' : 'NO';
}
