import { decodeJson } from '#libs/codecs/json.ts';
import type { StreamConfig } from '#libs/config/resolved.ts';
import type { MonitorPlan } from '#libs/planning/plan-monitors.ts';
import { compilePath } from '#libs/profiles/json-path.ts';
import type { FieldLayout } from '#libs/profiles/layout.ts';
import {
  compileCategoryReader,
  compileNumericReader,
  compilePresenceReader,
} from '#libs/profiles/value.ts';
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
  const read = createEventReader(first.profile.reading);
  const rows: object[] = [];
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
      for (const record of records) {
        const outcome = read(record);
        if (outcome.kind === 'uncounted') {
          const { count, first } = unread.get(outcome.what) ?? { count: 0, first: record };
          if (outcome.what !== 'end') unread.set(outcome.what, { count: count + 1, first });
          continue;
        }
        rows.push(outcome.row);
        earliest = Math.min(earliest, outcome.time);
      }
    }
  }
  if (events === 0) {
    return ended === 0 ? null : `stream ${stream.name}: the input is over, WITHOUT ANY EVENT`;
  }
  const head = `stream ${stream.name}: ${events.toLocaleString('en-US')} events`;
  if (rows.length === 0) {
    return `${head}; NONE CAN BE READ with time ${stream.timePath}: ${describeUnread(unread)}`;
  }
  const fields = [
    ...new Map(
      own.flatMap(({ profile }) => profile.layout.fields.map((f) => [f.spec.name, f])),
    ).values(),
  ];
  const matched = fields.filter((field) => rows.some(compileMatch(field)));
  const unmatched = fields.filter((field) => !matched.includes(field));
  const due = Math.min(
    ...own.map(
      ({ monitor }) => latestWindowStart(earliest, monitor) + monitor.windowMs + monitor.latenessMs,
    ),
  );
  const names = (list: readonly FieldLayout[]) => list.map(({ spec }) => spec.name).join(', ');
  return [
    head,
    matched.length === 0 ? 'NO FIELD MATCHES' : `matched ${names(matched)}`,
    unmatched.length === 0 ? 'none unmatched' : `UNMATCHED ${names(unmatched)}`,
    `first window due when event time passes ${new Date(due).toISOString().slice(0, 16)}Z`,
  ].join('; ');
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

/** Whether a row has a usable value of the field. */
function compileMatch({ kind, spec }: FieldLayout): (row: object) => boolean {
  const source = compilePath(spec.path);
  switch (kind) {
    case 'numeric': {
      const read = compileNumericReader(spec);
      return (row) => Number.isFinite(read(source(row)));
    }
    case 'categorical': {
      const read = compileCategoryReader(spec);
      return (row) => typeof read(source(row)) === 'string';
    }
    case 'rates': {
      const read = compilePresenceReader(spec);
      return (row) => read(source(row)) === 'present';
    }
  }
}
