import { type Profiler, Session } from 'node:inspector/promises';

/** CPU time of the main thread by part of the code, milliseconds; the largest first. */
export interface MainThreadProfile {
  readonly milliseconds: number;
  readonly parts: readonly (readonly [part: string, milliseconds: number])[];
  readonly functions: readonly (readonly [name: string, milliseconds: number])[];
}

const TOP_FUNCTIONS = 25;

/** What lies where, the first that fits; whatever Node does for it stands for itself. */
const PARTS: readonly (readonly [place: RegExp, part: string])[] = [
  [/\/libs\/transport\/kafka\/|\/kafkajs\//, 'Kafka adapter'],
  [/\/libs\/codecs\/|\/apache-arrow\/|\/flatbuffers\//, 'codec'],
  [
    /\/libs\/profiles\/(encode|byte-writer|block-builder|block\.ts|pane\.ts|envelope)/,
    'block writing',
  ],
  [/\/libs\/profiles\/(decode|byte-reader|profile\.ts)/, 'block reading and merging'],
  [/\/libs\/profiles\//, 'cells and counting'],
  [/\/services\/profiler\//, 'profiler'],
  [/\/libs\/(detectors|statistics|windows)\//, 'statistics and verdicts'],
  [/\/services\/evaluator\//, 'evaluator'],
  [/\/libs\/(store|sqlite)\/|\/kysely\/|\/pg\//, 'store'],
  [/\/libs\/telemetry\/|\/prom-client\//, 'metrics'],
  [/^node:/, 'Node: sockets, buffers, timers'],
];

/** Begins to sample this thread; the answer ends it. */
export async function profileMainThread(): Promise<() => Promise<MainThreadProfile>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return summarise(profile);
  };
}

function summarise({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): MainThreadProfile {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const parts = new Map<string, number>();
  const functions = new Map<string, number>();
  let total = 0;
  samples.forEach((id, i) => {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)') return;
    const milliseconds = Math.max(0, timeDeltas[i] ?? 0) / 1000;
    const { functionName, url, lineNumber } = frame;
    const part =
      PARTS.find(([place]) => place.test(url))?.[1] ??
      (url === '' ? native(functionName) : 'other');
    const file = url.slice(url.lastIndexOf('/') + 1);
    const name =
      file === '' ? functionName : `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`;
    parts.set(part, (parts.get(part) ?? 0) + milliseconds);
    functions.set(name, (functions.get(name) ?? 0) + milliseconds);
    total += milliseconds;
  });
  const sorted = (times: ReadonlyMap<string, number>) => [...times].sort(([, a], [, b]) => b - a);
  return {
    milliseconds: total,
    parts: sorted(parts),
    functions: sorted(functions).slice(0, TOP_FUNCTIONS),
  };
}

function native(name: string): string {
  return name === '(garbage collector)' ? 'garbage collector' : 'Node: sockets, buffers, timers';
}
