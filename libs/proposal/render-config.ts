import { Document, isCollection, isMap, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { formatDuration } from '#libs/config/duration.ts';
import { type LeftOutPath, type ProposedField, percent } from './propose-field.ts';
import type { StreamProposal } from './propose-stream.ts';
import type { ProposedWindow } from './propose-window.ts';

/** The reference data of a proposal. Paths are as the configuration file should have them. */
export type ProposedBaseline = {
  readonly name: string;
  readonly file: string;
  /** Its rows have the event time at the events' path. */
  readonly timed: boolean;
  readonly modelVersion?: string;
} & (
  | { readonly kind: 'file'; readonly format?: string }
  | {
      readonly kind: 'sample';
      readonly events: number;
      readonly range: { readonly from: number; readonly to: number };
    }
);

/** Where the events are. */
export type ProposedTransport =
  | { readonly kind: 'kafka'; readonly kafka: Readonly<Record<string, unknown>> }
  | {
      readonly kind: 'embedded';
      readonly data?: string;
      /** File that is read into the topic. */
      readonly source?: string;
    };

export interface ConfigProposal {
  readonly name: string;
  /** What was sampled, for a person: `topic fraud.scored at kafka:9092`. */
  readonly origin: string;
  readonly transport: ProposedTransport;
  readonly topics: readonly string[];
  readonly stream: StreamProposal;
  readonly baseline: ProposedBaseline;
  readonly window: ProposedWindow;
  /** The monitor takes the baseline of the model version that events name. */
  readonly byModelVersion: boolean;
}

interface Entry {
  readonly value: unknown;
  /** Comment on the lines before. */
  readonly above?: readonly string[];
  /** Comment on the same line. */
  readonly beside?: string;
  /** On one line: `{ a: 1 }`. */
  readonly flow?: boolean;
}

type Entries = Readonly<Record<string, Entry | undefined>>;

const MOST_LEFT_OUT = 40;
const LONGEST_COMMENT = 160;
const HOUR = 3_600_000;

/** The configuration file of a proposal, with comments that say why, and what to replace. */
export function renderConfig(proposal: ConfigProposal): string {
  const { name, transport, baseline } = proposal;
  const document = new Document({});
  const inner = (entries: Entries) => mapOf(document, entries);
  const embedded = transport.kind === 'embedded' ? transport : undefined;
  document.contents = inner({
    ...(embedded?.data === undefined ? {} : { data: { value: embedded.data } }),
    ...(transport.kind === 'kafka'
      ? { kafka: { value: inner(inOneLineEach(transport.kafka)) } }
      : {}),
    streams: { value: inner({ [name]: { value: inner(streamEntries(proposal)) } }) },
    baselines: {
      value: inner({ [baseline.name]: { value: inner(baselineEntries(proposal)) } }),
    },
    monitors: {
      value: inner({ [name]: { value: monitorMap(document, proposal) } }),
    },
  }) as typeof document.contents;
  document.commentBefore = comment([
    `Proposed by plumbline init from ${count(proposal.stream.events)} events of ${proposal.origin}.`,
    'Look it over; docs/configuration.md explains every key.',
  ]);
  for (const [i, pair] of (document.contents as unknown as YAMLMap).items.entries()) {
    if (i > 0) keyOf(pair).spaceBefore = true;
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function streamEntries({ topics, stream, transport }: ConfigProposal): Entries {
  const { time, otherTimes, modelVersion, id, key } = stream;
  const usable = time.usable >= 1 ? 'all' : percent(time.usable);
  const others = otherTimes.map(({ path }) => path).join(', ');
  return {
    topics: { value: topics, flow: true },
    time: {
      value: time.path,
      above: [
        `Event time: ${time.shape}, usable in ${usable} of the sampled events.`,
        ...(others === '' ? [] : [`Also possible: ${others}`]),
      ],
    },
    model_version: modelVersion && {
      value: modelVersion.path,
      beside: `so far ${modelVersion.versions.join(', ')}`,
    },
    key: key === undefined ? undefined : { value: key },
    id: id === undefined ? undefined : { value: id },
    source:
      transport.kind === 'embedded' && transport.source !== undefined
        ? { value: { file: transport.source }, flow: true }
        : undefined,
  };
}

function baselineEntries({ baseline, stream, window }: ConfigProposal): Entries {
  // The monitor's panes must be made of whole ones of the baseline, which are an hour otherwise.
  const pane = window.paneMs % HOUR === 0 ? undefined : { value: formatDuration(window.paneMs) };
  const ambiguous = [...stream.ambiguous];
  return {
    file: { value: baseline.file, above: aboutBaseline(baseline) },
    format:
      baseline.kind === 'file' && baseline.format !== undefined
        ? { value: baseline.format }
        : undefined,
    time: baseline.timed ? { value: stream.time.path } : undefined,
    pane: baseline.timed ? pane : undefined,
    model_version:
      baseline.modelVersion === undefined ? undefined : { value: baseline.modelVersion },
    fields:
      ambiguous.length === 0 || baseline.kind === 'file'
        ? undefined
        : { value: Object.fromEntries(ambiguous.map(([field, path]) => [field, { path }])) },
  };
}

function aboutBaseline(baseline: ProposedBaseline): readonly string[] {
  const untimed = 'without event times Plumbline cannot know how much it varies by itself.';
  if (baseline.kind === 'file') {
    return baseline.timed ? [] : [`No column has the event time of the events: ${untimed}`];
  }
  const { from, to } = baseline.range;
  const when = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;
  return [
    `${count(baseline.events)} sampled events, ${when(from)} to ${when(to)}: a stand-in.`,
    'Replace it by the data that the model was trained on (Parquet, Arrow, CSV, NDJSON): file: train.parquet',
    ...(baseline.timed ? [] : [`The partitions reach back differently; ${untimed}`]),
  ];
}

function monitorMap(document: Document, proposal: ConfigProposal): YAMLMap {
  const { name, stream, baseline, window, byModelVersion } = proposal;
  const { windowMs, paneMs, latenessMs } = window;
  const fields = mapOf(
    document,
    Object.fromEntries(stream.fields.map((field) => [field.name, fieldEntry(field)])),
  );
  fields.comment = comment(aboutLeftOut(stream.leftOut));
  const monitor = mapOf(document, {
    stream: { value: name },
    baseline: byModelVersion
      ? {
          value: 'by_model_version',
          beside: `events of other versions than ${baseline.modelVersion} are counted apart`,
        }
      : { value: baseline.name },
    window: { value: formatDuration(windowMs), beside: aboutWindow(window) },
    pane:
      paneMs === windowMs
        ? undefined
        : {
            value: formatDuration(paneMs),
            beside: 'so that the baseline has slices enough to know its own variation',
          },
    lateness:
      latenessMs === undefined
        ? undefined
        : { value: formatDuration(latenessMs), beside: 'events come that much out of order' },
    fields: { value: fields },
  });
  const example = stream.fields.find(({ type }) => type === 'numeric') ?? stream.fields[0]!;
  const limits = example.type === 'numeric' ? 'ks' : 'psi';
  monitor.comment = comment([
    'The limits are the defaults of docs/statistics.md; one of your own replaces its default:',
    `thresholds: { ${quoted(example.name)}: { ${limits}: { warning: 0.1, critical: 0.2 } } }`,
    'owner: data-eng',
    'runbook: https://wiki.example.org/drift',
  ]);
  return monitor;
}

function fieldEntry(field: ProposedField): Entry {
  const { survey, name, path, type, role, coerce, range, missing, notes } = field;
  const spelt = survey.keys.length > 1 || name.includes('.') || name.startsWith('$');
  const remarks = [...(missing > 0 ? [`${percent(missing)} missing`] : []), ...notes];
  return {
    value: {
      type,
      ...(role === 'feature' ? {} : { role }),
      ...(spelt ? { path } : {}),
      ...(coerce === true ? { coerce } : {}),
      ...(range === undefined ? {} : { range }),
    },
    flow: true,
    ...(remarks.length === 0 ? {} : { beside: remarks.join('; ') }),
  };
}

function aboutWindow({ events }: ProposedWindow): string {
  if (events === null) return 'the sample does not tell how many events that is';
  const about = `about ${count(Math.round(events))} events at the pace of the sample`;
  return events < 100 ? `${about}: too few for a distribution` : about;
}

function aboutLeftOut(leftOut: readonly LeftOutPath[]): readonly string[] {
  if (leftOut.length === 0) return [];
  const more = leftOut.length - MOST_LEFT_OUT;
  return [
    'Left out:',
    ...leftOut.slice(0, MOST_LEFT_OUT).map(({ path, reason, hint }) => {
      return `  ${path}: ${reason}${hint === undefined ? '' : `; to watch it ${hint}`}`;
    }),
    ...(more > 0 ? [`  and ${count(more)} more`] : []),
  ];
}

/** Maps in maps on one line each, lists too. */
function inOneLineEach(values: Readonly<Record<string, unknown>>): Entries {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { value, flow: true }]),
  );
}

function mapOf(document: Document, entries: Entries): YAMLMap {
  const map = document.createNode({}) as YAMLMap;
  for (const [name, entry] of Object.entries(entries)) {
    if (entry === undefined) continue;
    const value = document.createNode(entry.value) as Node;
    if (entry.flow === true) setFlow(value);
    if (entry.beside !== undefined) value.comment = comment([entry.beside]);
    const pair = document.createPair(name, value);
    if (entry.above !== undefined && entry.above.length > 0) {
      keyOf(pair).commentBefore = comment(entry.above);
    }
    map.add(pair);
  }
  return map;
}

function keyOf(pair: Pair<unknown, unknown>): Node {
  if (!isScalar(pair.key)) throw new TypeError('keys are texts');
  return pair.key;
}

function setFlow(node: Node): void {
  if (!isCollection(node)) return;
  node.flow = true;
  if (isMap(node)) for (const { value } of node.items) setFlow(value as Node);
}

/** Lines of a comment, free of what could end it. */
function comment(lines: readonly string[]): string {
  return lines
    .map((line) => {
      const safe = line.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]+/gu, '·');
      return ` ${safe.length <= LONGEST_COMMENT ? safe : `${safe.slice(0, LONGEST_COMMENT - 1)}…`}`;
    })
    .join('\n');
}

function quoted(name: string): string {
  return /^[A-Za-z_][\w.-]*$/.test(name) ? name : JSON.stringify(name);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
