import { join } from 'node:path';
import { parseConfig } from '#libs/config/parse-config.ts';
import { formatProblems } from '#libs/config/problem.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { completeFrom } from '#libs/proposal/baseline-range.ts';
import { matchBaseline } from '#libs/proposal/match-baseline.ts';
import { proposeStream, type StreamProposal } from '#libs/proposal/propose-stream.ts';
import { type ObservedPace, observePace, proposeWindow } from '#libs/proposal/propose-window.ts';
import {
  type ConfigProposal,
  type ProposedBaseline,
  renderConfig,
} from '#libs/proposal/render-config.ts';
import { resourceName } from '#libs/proposal/resource-name.ts';
import { readBaselineFile } from './baseline-file.ts';
import { type InitRequest, pathFrom } from './init-request.ts';
import type { SampledPartition } from './sampled-partition.ts';
import { type Skipped, siftRecords, type TimedEvent, timeEvents } from './sift-records.ts';

/** A configuration with the data that it needs beside it. */
export interface Proposed {
  readonly proposal: ConfigProposal;
  /** The configuration file. */
  readonly text: string;
  /** Events of the baseline, by time; `null` where a file of the user's is the baseline. */
  readonly rows: readonly TimedEvent[] | null;
  readonly skipped: Skipped;
  readonly range: { readonly from: number; readonly to: number };
  readonly pace: ObservedPace;
}

/**
 * Proposes a configuration from sampled records; it is checked as `plumbline validate` does.
 *
 * @throws PLB_SAMPLE_UNUSABLE when the records do not tell enough, and what reading the baseline's
 * file throws
 */
export async function propose(
  request: InitRequest,
  partitions: readonly SampledPartition[],
): Promise<Proposed> {
  const { events, skipped } = siftRecords(partitions);
  requireEvents(request, { partitions, events: events.length, skipped });
  const asked = request.time === undefined ? {} : { time: request.time };
  const found = proposeStream(events, asked);
  const { timed, skipped: untimed } = timeEvents(events, found.time.path);
  if (timed.length === 0) {
    throw unusable(request, `no event has a usable time at ${found.time.path}`);
  }
  const times = partitions.map(({ fromStart }, partition) => ({
    fromStart,
    times: timed.filter((event) => event.partition === partition).map(({ time }) => time),
  }));
  const sampled = observePace(times.map((partition) => partition.times));
  const pace = slower(sampled, paceOfLog(partitions, { timed, path: found.time.path }));
  const { stream, baseline, rows } = await chooseBaseline(request, { found, timed, times });
  const proposal: ConfigProposal = {
    ...{ name: request.name, origin: originOf(request), topics: request.topics },
    transport: transportOf(request),
    ...{ stream, baseline },
    window: proposeWindow(pace, {
      coverageMs:
        baseline.kind === 'sample' && baseline.timed
          ? baseline.range.to - baseline.range.from
          : null,
    }),
    byModelVersion: fitsOneVersion(stream, baseline),
  };
  const range = rangeOf(timed);
  const text = checked(renderConfig(proposal), request);
  return { proposal, text, rows, skipped: new Map([...skipped, ...untimed]), range, pace };
}

/** Name of the file that a sample is kept in as the baseline. */
export function sampleFileName({ name }: Pick<InitRequest, 'name'>): string {
  return `${name}-baseline.ndjson`;
}

function requireEvents(
  request: InitRequest,
  found: {
    readonly partitions: readonly SampledPartition[];
    readonly events: number;
    readonly skipped: Skipped;
  },
): void {
  if (found.events > 0) return;
  const records = found.partitions.reduce((sum, partition) => sum + partition.records.length, 0);
  if (records === 0) {
    throw unusable(
      request,
      'it is empty',
      'wait until something is produced to it, or check the name',
    );
  }
  const reasons = [...found.skipped].map(([what, count]) => `${what} ${count}`).join(', ');
  const unread = ['malformed', 'not_an_object'].some((what) => found.skipped.has(what));
  throw unusable(
    request,
    `of ${records} sampled records none is an event${reasons === '' ? '' : ` (${reasons})`}`,
    unread ? 'events must be JSON objects in UTF-8; other formats are not read yet' : undefined,
  );
}

function unusable(request: InitRequest, why: string, fix?: string): PlumblineError {
  return new PlumblineError(
    'PLB_SAMPLE_UNUSABLE',
    `Cannot propose a monitor for ${originOf(request)}: ${why}`,
    fix === undefined ? {} : { fix },
  );
}

function originOf({ source, topics, folder }: InitRequest): string {
  const named = `topic${topics.length > 1 ? 's' : ''} ${topics.join(', ')}`;
  switch (source.kind) {
    case 'kafka':
      return `${named} at ${source.transport.brokers.join(', ')}`;
    case 'log':
      return `${named} in ${pathFrom(folder, source.directory)}`;
    case 'file':
      return pathFrom(folder, source.file);
  }
}

function transportOf({ source, folder }: InitRequest): ConfigProposal['transport'] {
  switch (source.kind) {
    case 'kafka':
      return { kind: 'kafka', kafka: source.document };
    case 'log': {
      const data = pathFrom(folder, source.directory);
      return data === '.plumbline' ? { kind: 'embedded' } : { kind: 'embedded', data };
    }
    case 'file':
      return { kind: 'embedded', source: pathFrom(folder, source.file) };
  }
}

/** A burst that was sampled says little about a day: the whole log knows the usual pace better. */
function slower(sampled: ObservedPace, perSecondOfLog: number | null): ObservedPace {
  if (sampled.perSecond === null || perSecondOfLog === null) return sampled;
  return { ...sampled, perSecond: Math.min(sampled.perSecond, perSecondOfLog) };
}

function paceOfLog(
  partitions: readonly SampledPartition[],
  { timed, path }: { readonly timed: readonly TimedEvent[]; readonly path: string },
): number | null {
  const firsts = partitions.map(({ first, ...partition }) => ({
    ...partition,
    records: first === undefined ? [] : [first],
  }));
  const earliest = timeEvents(siftRecords(firsts).events, path).timed;
  const records = partitions.reduce((sum, { start, end }) => sum + end - start, 0);
  const span = rangeOf(timed).to - rangeOf(earliest).from;
  return earliest.length > 0 && span > 0 ? (records / span) * 1000 : null;
}

function rangeOf(events: readonly TimedEvent[]): { readonly from: number; readonly to: number } {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { time } of events) {
    from = Math.min(from, time);
    to = Math.max(to, time);
  }
  return { from, to };
}

async function chooseBaseline(
  request: InitRequest,
  sample: {
    readonly found: StreamProposal;
    readonly timed: readonly TimedEvent[];
    readonly times: Parameters<typeof completeFrom>[0];
  },
): Promise<{
  readonly stream: StreamProposal;
  readonly baseline: ProposedBaseline;
  readonly rows: readonly TimedEvent[] | null;
}> {
  const { found, timed, times } = sample;
  const versions = found.modelVersion?.versions ?? [];
  if (request.baseline !== undefined) {
    return {
      ...(await matchFile({ request, baseline: request.baseline, found })),
      rows: null,
    };
  }
  const from = completeFrom(times);
  const rows = timed
    .filter(({ time }) => from === null || time >= from)
    .toSorted((a, b) => a.time - b.time);
  const modelVersion = request.modelVersion ?? (versions.length === 1 ? versions[0] : undefined);
  return {
    stream: found,
    baseline: {
      kind: 'sample',
      name: baselineName(request, modelVersion),
      file: sampleFileName(request),
      timed: from !== null,
      ...{ events: rows.length, range: rangeOf(rows) },
      ...(modelVersion === undefined ? {} : { modelVersion }),
    },
    rows,
  };
}

async function matchFile({
  request,
  baseline: asked,
  found,
}: {
  readonly request: InitRequest;
  readonly baseline: NonNullable<InitRequest['baseline']>;
  readonly found: StreamProposal;
}): Promise<{ readonly stream: StreamProposal; readonly baseline: ProposedBaseline }> {
  const file = await readBaselineFile(asked, {
    time: found.time.path,
    modelVersion: found.modelVersion?.path,
  });
  const { fields, leftOut } = matchBaseline(found.fields, file.fields);
  if (fields.length === 0) {
    throw new PlumblineError(
      'PLB_SAMPLE_UNUSABLE',
      `Cannot use ${asked.file} as the baseline: it has no field in common with the events`,
      {
        fix: `the events have ${found.fields
          .slice(0, 10)
          .map(({ path }) => path)
          .join(', ')}; the file has ${file.fields
          .slice(0, 10)
          .map(({ path }) => path)
          .join(', ')}`,
      },
    );
  }
  const modelVersion = request.modelVersion ?? file.modelVersion;
  return {
    stream: { ...found, fields, leftOut: [...leftOut, ...found.leftOut] },
    baseline: {
      kind: 'file',
      name: baselineName(request, modelVersion),
      file: pathFrom(request.folder, asked.file),
      timed: file.timed,
      ...(asked.format === undefined ? {} : { format: asked.format }),
      ...(modelVersion === undefined ? {} : { modelVersion }),
    },
  };
}

function baselineName({ name }: InitRequest, modelVersion: string | undefined): string {
  return resourceName(`${name}-${modelVersion ?? 'baseline'}`);
}

/** Where events and baseline name one version, and the same, others must not be mixed into it. */
function fitsOneVersion(stream: StreamProposal, { modelVersion }: ProposedBaseline): boolean {
  const { versions = [], certain = false } = stream.modelVersion ?? {};
  return certain && versions.length === 1 && versions[0] === modelVersion;
}

/** What is written must be right, whatever the events held. */
function checked(text: string, { folder, out }: InitRequest): string {
  const outcome = parseConfig(text, { source: out ?? join(folder, 'plumbline.yaml') });
  if (outcome.ok) return text;
  throw new PlumblineError(
    'PLB_INTERNAL',
    `Cannot propose a configuration: what was made of the events is not valid\n${formatProblems(outcome.problems, 'proposal')}`,
    { fix: 'please report it with the lines above' },
  );
}
