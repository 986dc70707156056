import { createHash } from 'node:crypto';
import type { ProfileLayout, SegmentLayout } from './layout.ts';
import { SAMPLER, type Sampling } from './sampler.ts';

/** Raised whenever the same events would give other counts or other bytes. */
const ALGORITHM_VERSION = 1;

/** How the events of a stream are read. */
export interface StreamReading {
  readonly namespace: string;
  readonly stream: string;
  readonly topics: readonly string[];
  readonly codec: 'json' | 'arrow';
  /** JSON path of the event time. */
  readonly time: string;
  /** Events longer than this are bad (`too_large`), in bytes. */
  readonly maxEventBytes: number;
  /** An event further ahead of its log timestamp than this is `future`, in milliseconds. */
  readonly maxAheadMs: number;
  /** Only this share of the keys is counted; all of them where it is absent. */
  readonly sampling?: Sampling;
}

/** Everything that decides what is counted where. */
export interface ProfileDefinition {
  /** Hash over all the rest: the same id, the same counts from the same log. */
  readonly id: string;
  readonly reading: StreamReading;
  readonly layout: ProfileLayout;
  /** Length of a pane in milliseconds. */
  readonly paneMs: number;
  /** Offsets in a block. */
  readonly blockSize: number;
  /** Only events of this model version are counted, where the baseline belongs to one. */
  readonly modelVersion: { readonly path: string; readonly value: string } | null;
}

/** Completes a definition with its id. */
export function defineProfile(parts: Omit<ProfileDefinition, 'id'>): ProfileDefinition {
  const { reading, layout } = parts;
  const identity = JSON.stringify([
    ALGORITHM_VERSION,
    [reading.namespace, reading.stream, reading.topics, reading.codec, reading.time],
    [reading.maxEventBytes, reading.maxAheadMs],
    [layout.baselineHash, layout.gridHash],
    layout.fields.map(({ spec }) => [spec.name, spec.path, spec.type, spec.derive ?? null]),
    layout.fields.map(({ spec }) => [spec.period ?? null, spec.coerce ?? false]),
    [parts.paneMs, parts.blockSize],
    parts.modelVersion === null ? null : [parts.modelVersion.path, parts.modelVersion.value],
    ...(reading.sampling === undefined ? [] : [['sampling', SAMPLER, reading.sampling.share]]),
    // What is absent leaves no trace: ids stay as they were before there were segments.
    ...(layout.segments === undefined ? [] : [['segments', ...segmentIdentity(layout.segments)]]),
  ]);
  const id = createHash('sha256').update(identity).digest('hex').slice(0, 32);
  return Object.freeze({ ...parts, id });
}

function segmentIdentity({ by, values }: SegmentLayout): unknown[] {
  return [
    by.map(({ path, type, derive, period, coerce }) => [
      ...[path, type, derive ?? null],
      ...[period ?? null, coerce ?? false],
    ]),
    values,
  ];
}
