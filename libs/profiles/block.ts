import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { ByteReader, malformed } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Profile } from './counts.ts';
import { decodeProfile } from './decode-profile.ts';
import type { ProfileDefinition } from './definition.ts';
import { openEnvelope, sealEnvelope } from './envelope.ts';

/** Why an event could not be counted. */
export const BAD_REASONS = [
  'empty',
  'too_large',
  'malformed',
  'not_an_object',
  'no_time',
  'bad_time',
] as const;
export type BadReason = (typeof BAD_REASONS)[number];

/** How many of the highest event times a block tells: what confirms a jump of the clock. */
export const HIGHEST_KEPT = 4;

/** Panes of a block that are kept as they were read. */
const DENSE_PANES = 8;

/** What a range of the log held beside the counts of its panes. */
export interface BlockProgress {
  /** Events in the panes. */
  events: number;
  /** Plumbline's own probes, which count nowhere else. */
  synthetic: number;
  /** Events of another model version than the profile's. */
  otherVersion: number;
  /** Events whose time is too far ahead of their log timestamp. */
  future: number;
  /** Events that sampling left out, unread. */
  sampledOut: number;
  bad: Record<BadReason, number>;
  /** The highest event times in the panes, highest first, at most `HIGHEST_KEPT`. */
  highest: number[];
  /** First and last log timestamp of the real events, NaN without any. */
  firstTimestamp: number;
  lastTimestamp: number;
  /** The last record of the range says that the input is over. */
  ended: boolean;
}

/** A block's place in the log. */
export interface BlockRange {
  readonly topic: string;
  readonly partition: number;
  /** Raised when the log began anew (a topic recreated or truncated). */
  readonly epoch: number;
  /** Number k of the block [kN, (k+1)N). */
  readonly index: number;
  /** Offsets covered, half-open, inside the block. */
  readonly from: number;
  readonly to: number;
}

/** The counts of a fixed range of offsets of one partition. */
export interface Block extends BlockRange {
  readonly progress: BlockProgress;
  /** Ascending by start. */
  readonly panes: readonly BlockPane[];
}

export interface BlockPane {
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly events: number;
  /** May be read from the block's bytes at every access: keep it rather than ask twice. */
  readonly profile: Profile;
}

export function emptyProgress(): BlockProgress {
  return {
    events: 0,
    synthetic: 0,
    otherVersion: 0,
    future: 0,
    sampledOut: 0,
    bad: { empty: 0, too_large: 0, malformed: 0, not_an_object: 0, no_time: 0, bad_time: 0 },
    highest: [],
    firstTimestamp: Number.NaN,
    lastTimestamp: Number.NaN,
    ended: false,
  };
}

/** Whether a block reaches to the end of its range [kN, (k+1)N). */
export function isFinished({ index, to }: BlockRange, blockSize: number): boolean {
  return to === (index + 1) * blockSize;
}

/** Key of a finished block's record: whoever writes it writes the same bytes. */
export function blockKey(
  profileId: string,
  { topic, partition, epoch, index }: Omit<BlockRange, 'from' | 'to'>,
): string {
  return `${profileId}/${topic}/${epoch}/${partition}/${index}`;
}

/**
 * Key of the records of unfinished blocks: one for each partition and epoch, so that the next one
 * replaces it, and so that compaction never takes a finished block for one that came late.
 */
export function openBlockKey(
  profileId: string,
  { topic, partition, epoch }: Pick<BlockRange, 'topic' | 'partition' | 'epoch'>,
): string {
  return `${profileId}/${topic}/${epoch}/${partition}/open`;
}

/** Writes a block; `panes` writes the number of panes and each of them. */
export function encodeBlock(
  definition: ProfileDefinition,
  block: BlockRange & { readonly progress: BlockProgress },
  panes: (writer: ByteWriter) => void,
): Uint8Array {
  return sealEnvelope('block', definition.layout, (writer) => {
    writer.text(definition.id);
    writer.text(block.topic);
    writer.varint(block.partition);
    writer.varint(block.epoch);
    writer.varint(block.index);
    writer.varint(block.from);
    writer.varint(block.to);
    const { progress } = block;
    writer.varint(progress.events);
    writer.varint(progress.synthetic);
    writer.varint(progress.otherVersion);
    writer.varint(progress.future);
    writer.varint(progress.sampledOut);
    for (const reason of BAD_REASONS) writer.varint(progress.bad[reason]);
    writer.varint(progress.highest.length);
    for (const time of progress.highest) writer.double(time);
    writer.double(progress.firstTimestamp);
    writer.double(progress.lastTimestamp);
    writer.byte(progress.ended ? 1 : 0);
    panes(writer);
  });
}

/** Reads and checks a block; one of version 1 knows no sampling. @throws PLB_WIRE_MALFORMED, PLB_WIRE_VERSION, PLB_WIRE_MISMATCH */
export function decodeBlock(definition: ProfileDefinition, bytes: Uint8Array): Block {
  return openEnvelope(bytes, { kind: 'block', ...definition.layout }, (reader, version) => {
    const id = reader.text();
    if (id !== definition.id) {
      throw new PlumblineError(
        'PLB_WIRE_MISMATCH',
        `Cannot use a block: it belongs to profile ${id}, expected ${definition.id}`,
      );
    }
    const range = {
      topic: reader.text(),
      partition: reader.varint(),
      epoch: reader.varint(),
      index: reader.varint(),
      from: reader.varint(),
      to: reader.varint(),
    };
    const { blockSize } = definition;
    const begin = range.index * blockSize;
    if (range.from < begin || range.to <= range.from || range.to > begin + blockSize) {
      throw malformed(
        reader.position,
        `the range ${range.from}–${range.to} does not lie in block ${range.index}`,
      );
    }
    const progress = decodeProgress(reader, version);
    const length = reader.count(2);
    const panes: BlockPane[] = [];
    let events = 0;
    for (let i = 0; i < length; i++) {
      const pane = decodePane(reader, { definition, keep: i < DENSE_PANES });
      if (i > 0 && pane.start <= panes[i - 1]!.start) {
        throw malformed(reader.position, 'the panes are not in order');
      }
      panes.push(pane);
      events += pane.events;
    }
    if (events !== progress.events) throw malformed(reader.position, 'the panes do not add up');
    return { ...range, progress, panes };
  });
}

/**
 * Reads and checks one pane. A pane takes the memory of all its cells, a block may touch as many
 * panes as it has events: only the first few are kept, the others read again when they are needed.
 */
function decodePane(
  reader: ByteReader,
  { definition, keep }: { readonly definition: ProfileDefinition; readonly keep: boolean },
): BlockPane {
  const start = reader.signed() * definition.paneMs;
  const begin = reader.position;
  const profile = decodeProfile(reader, definition.layout);
  const { events } = profile;
  if (keep) return { start, events, profile };
  const bytes = reader.slice(begin);
  return {
    start,
    events,
    get profile() {
      return decodeProfile(new ByteReader(bytes), definition.layout);
    },
  };
}

function decodeProgress(reader: ByteReader, version: number): BlockProgress {
  const progress = emptyProgress();
  progress.events = reader.varint();
  progress.synthetic = reader.varint();
  progress.otherVersion = reader.varint();
  progress.future = reader.varint();
  if (version >= 2) progress.sampledOut = reader.varint();
  for (const reason of BAD_REASONS) progress.bad[reason] = reader.varint();
  const kept = reader.varint();
  if (kept !== Math.min(HIGHEST_KEPT, progress.events)) {
    throw malformed(reader.position, `${progress.events} events cannot have ${kept} highest times`);
  }
  let before = Number.POSITIVE_INFINITY;
  for (let i = 0; i < kept; i++) {
    const time = reader.double();
    if (!Number.isFinite(time) || time > before) {
      throw malformed(reader.position, 'the highest event times are not in order');
    }
    progress.highest.push(time);
    before = time;
  }
  progress.firstTimestamp = reader.double();
  progress.lastTimestamp = reader.double();
  const ended = reader.byte();
  if (ended > 1) throw malformed(reader.position, `a flag is ${ended}`);
  progress.ended = ended === 1;
  return progress;
}
