import { loadCodec } from '#libs/codecs/codec.ts';
import { decodeJson } from '#libs/codecs/json.ts';
import type { StreamConfig } from '#libs/config/resolved.ts';
import { formatShare } from '#libs/detectors/format-figure.ts';
import type { MonitorPlan } from '#libs/planning/plan-monitors.ts';
import type { FieldLayout } from '#libs/profiles/layout.ts';
import {
  compileCategoryReader,
  compileNumericReader,
  compilePresenceReader,
} from '#libs/profiles/value.ts';
import { columnOf } from '#libs/profiles/value-column.ts';
import { END_OF_INPUT_HEADER } from '#libs/transport/names.ts';
import type { LogRecord, Transport } from '#libs/transport/port.ts';
import { latestWindowStart } from '#libs/windows/window-spec.ts';
import { createEventReader } from '#services/profiler/event-reader.ts';
import { printable } from './describe-error.ts';

const SAMPLE_BYTES = 256 * 1024;
/** Members of an event that are named where its time is not found. */
const MOST_NAMES = 20;

/**
 * One line about what a stream holds: how many events, which monitored fields its first events
 * have and which they lack, and when the first window is due. `null` while it holds nothing.
 */
export async function describeStream(
  stream: StreamConfig,
  { plans, transport }: { readonly plans: readonly MonitorPlan[]; readonly transport: Transport },
): Promise<string | null> {
  const own = plans.filter(
    (plan) => plan.stream.name === stream.name && plan.stream.namespace === stream.namespace,
  );
  const [first] = own;
  if (first === undefined) return `stream ${stream.name}: no monitor watches it`;
  // What is said of a stream is said of all its events.
  const { sampling, ...reading } = first.profile.reading;
  const fields = [
    ...new Map(
      own.flatMap(({ profile }) => profile.layout.fields.map((f) => [f.spec.name, f])),
    ).values(),
  ];
  await loadCodec(reading.codec);
  const read = createEventReader(
    reading,
    own.map(({ profile }) => profile),
  );
  const matched = new Set<FieldLayout>();
  let usable = 0;
  const unread = new Map<string, { count: number; readonly first: LogRecord }>();
  let earliest = Number.POSITIVE_INFINITY;
  let events = 0;
  let ended = 0;
  for (const topic of stream.topics) {
    const description = await transport.describe(topic);
    for (const { partition, start, end } of description?.partitions ?? []) {
      if (end === start) continue;
      const last = (await transport.read({ topic, partition, offset: end - 1 })).records.at(-1);
      const over = last !== undefined && END_OF_INPUT_HEADER in last.headers;
      if (over) ended++;
      events += end - start - (over ? 1 : 0);
      const { records } = await transport.read({ topic, partition, offset: start }, SAMPLE_BYTES);
      const { columns, times, rows, refused } = read(records);
      for (const { record, what, events: more } of refused) {
        const { count, first } = unread.get(what) ?? { count: 0, first: record };
        if (what !== 'end') unread.set(what, { count: count + more, first });
      }
      usable += rows.length;
      for (const row of rows) earliest = Math.min(earliest, times[row]!);
      for (const field of fields) {
        const isUsable = compileMatch(field);
        const column = columnOf(columns, field.spec.path);
        if (rows.some((row) => isUsable(column.get(row)))) matched.add(field);
      }
    }
  }
  if (events === 0) {
    return ended === 0 ? null : `stream ${stream.name}: the input is over, WITHOUT ANY EVENT`;
  }
  const head = `stream ${stream.name}: ${events.toLocaleString('en-US')} events`;
  if (usable === 0) {
    return `${head}; NONE CAN BE READ with time ${stream.timePath}: ${describeUnread(unread)}`;
  }
  const unmatched = fields.filter((field) => !matched.has(field));
  const due = Math.min(
    ...own.map(
      ({ monitor }) => latestWindowStart(earliest, monitor) + monitor.windowMs + monitor.latenessMs,
    ),
  );
  const names = (list: readonly FieldLayout[]) => list.map(({ spec }) => spec.name).join(', ');
  return [
    head,
    ...(sampling === undefined
      ? []
      : [`SAMPLED: ${formatShare(sampling.share)} of the keys are counted`]),
    matched.size === 0
      ? 'NO FIELD MATCHES'
      : `matched ${names(fields.filter((field) => matched.has(field)))}`,
    unmatched.length === 0 ? 'none unmatched' : `UNMATCHED ${names(unmatched)}`,
    `first window due when event time passes ${new Date(due).toISOString().slice(0, 16)}Z`,
  ].join('; ');
}

/** One line about a stream that holds no event: where none is yet, and which topics are not there. */
export async function describeEmptyStream(
  { name, topics }: StreamConfig,
  transport: Pick<Transport, 'describe'>,
): Promise<string> {
  const found = await Promise.all(topics.map((topic) => transport.describe(topic)));
  const there = topics.filter((_, i) => found[i] !== undefined);
  const absent = topics.filter((_, i) => found[i] === undefined);
  const parts = [
    ...(there.length === 0 ? [] : [`no event yet in ${there.join(', ')}`]),
    ...absent.map((topic) => `topic ${topic} DOES NOT EXIST`),
  ];
  return `stream ${name}: ${parts.join('; ')}`;
}

/** Why the first events are no use, by reason, and what those without a time do have. */
function describeUnread(
  unread: ReadonlyMap<string, { readonly count: number; readonly first: LogRecord }>,
): string {
  const reasons = [...unread].map(([reason, { count }]) => `${reason} ${count}`);
  const sample = (unread.get('no_time') ?? unread.get('bad_time'))?.first.value;
  const decoded = sample ? decodeJson(sample) : undefined;
  const names = decoded?.kind === 'event' ? Object.keys(decoded.event).slice(0, MOST_NAMES) : [];
  const has = names.length === 0 ? '' : `; an event has ${names.join(', ')}`;
  return printable(`of the first ones ${reasons.join(', ')}${has}`);
}

/** Whether a value is a usable one of the field. */
function compileMatch({ kind, spec }: FieldLayout): (source: unknown) => boolean {
  switch (kind) {
    case 'numeric': {
      const read = compileNumericReader(spec);
      return (source) => Number.isFinite(read(source));
    }
    case 'categorical': {
      const read = compileCategoryReader(spec);
      return (source) => typeof read(source) === 'string';
    }
    case 'rates': {
      const read = compilePresenceReader(spec);
      return (source) => read(source) === 'present';
    }
  }
}
