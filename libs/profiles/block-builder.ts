import {
  type BadReason,
  type BlockProgress,
  type BlockRange,
  emptyProgress,
  encodeBlock,
  HIGHEST_KEPT,
} from './block.ts';
import { ByteWriter } from './byte-writer.ts';
import type { ProfileDefinition } from './definition.ts';
import { createFieldColumn, type EventRows, type FieldColumn } from './field-column.ts';
import { mergeEncoded } from './merge-encoded.ts';
import { paneStart } from './pane.ts';
import { PaneGroups } from './pane-groups.ts';
import { SegmentColumn } from './segment-column.ts';

/** What a record turned out to be when it is not an event to be counted. */
export type Uncounted =
  | 'synthetic'
  | 'sampled_out'
  | 'other_version'
  | 'future'
  | 'end'
  | BadReason;

/** Events that are kept one by one: no block has more records, but a record may hold many events. */
const MOST_PLACES = 65_536;

/**
 * Collects the events of one block of one partition and writes its record.
 *
 * The record is a pure function of the range of the log: nothing here looks at a clock, and the
 * batches in which the events arrived leave no trace.
 */
export class BlockBuilder {
  readonly #definition: ProfileDefinition;
  readonly #place: Omit<BlockRange, 'from' | 'to' | 'index'>;
  readonly #columns: FieldColumn[];
  readonly #panes = new PaneGroups();
  readonly #mostPlaces: number;
  /**
   * By pane, the profiles of the events before those in the columns: as they are written, which
   * takes no more memory than what was found needs.
   */
  readonly #folded = new Map<number, Uint8Array>();
  #foldedEvents = 0;
  #index = 0;
  #from = 0;
  #to = 0;
  #progress: BlockProgress = emptyProgress();

  constructor(
    definition: ProfileDefinition,
    place: Omit<BlockRange, 'from' | 'to' | 'index'>,
    { mostPlaces = MOST_PLACES }: { readonly mostPlaces?: number } = {},
  ) {
    this.#mostPlaces = mostPlaces;
    this.#definition = definition;
    this.#place = place;
    const { fields, segments } = definition.layout;
    const { time } = definition.reading;
    this.#columns = fields.map((field) => createFieldColumn(field, time));
    if (segments !== undefined) this.#columns.push(new SegmentColumn(segments, time));
  }

  /** Begins the block that holds `offset`, at that offset. */
  begin(offset: number): void {
    this.#index = Math.floor(offset / this.#definition.blockSize);
    this.#from = offset;
    this.#to = offset;
    this.#clearPlaces();
    this.#folded.clear();
    this.#foldedEvents = 0;
    this.#progress = emptyProgress();
  }

  /** First offset behind the block. */
  get limit(): number {
    return (this.#index + 1) * this.#definition.blockSize;
  }

  get range(): BlockRange {
    return { ...this.#place, index: this.#index, from: this.#from, to: this.#to };
  }

  /** Counts events. */
  addEvents(events: EventRows): void {
    const { rows } = events;
    for (let begin = 0; begin < rows.length; ) {
      // Always after the same event, however the events came: else names of unseen values that are
      // too many to keep could differ.
      if (this.#panes.length === this.#mostPlaces) this.#fold();
      const end = Math.min(rows.length, begin + this.#mostPlaces - this.#panes.length);
      this.#append(begin === 0 && end === rows.length ? rows : rows.subarray(begin, end), events);
      begin = end;
    }
    this.#progress.events = this.#foldedEvents + this.#panes.length;
  }

  #append(rows: Int32Array, events: EventRows): void {
    const { times } = events;
    const at = this.#panes.length;
    const { paneMs } = this.#definition;
    for (const row of rows) {
      const time = times[row]!;
      this.#panes.add(paneStart(time, paneMs));
      this.#noteTime(time);
    }
    const part = rows === events.rows ? events : { ...events, rows };
    for (const column of this.#columns) column.append(part, at);
  }

  /** Makes profiles of the events in the columns, which are empty then. */
  #fold(): void {
    for (const { start, places } of this.#panes.groups()) {
      this.#folded.set(start, this.#withFolded(start, places));
    }
    this.#foldedEvents += this.#panes.length;
    this.#clearPlaces();
  }

  #clearPlaces(): void {
    this.#panes.clear();
    for (const column of this.#columns) column.reset();
  }

  /** The profile of a pane's events in the columns and of those before, written. */
  #withFolded(start: number, places: Int32Array): Uint8Array {
    const writer = new ByteWriter();
    this.#writePlaces(writer, places);
    const before = this.#folded.get(start);
    if (before === undefined) return writer.finish();
    return mergeEncoded(this.#definition.layout, [before, writer.view()]);
  }

  #writePlaces(writer: ByteWriter, places: Int32Array): void {
    writer.varint(places.length);
    for (const column of this.#columns) column.encode(writer, places);
  }

  #noteTime(time: number): void {
    const { highest } = this.#progress;
    if (highest.length === HIGHEST_KEPT && time <= highest[HIGHEST_KEPT - 1]!) return;
    let at = Math.min(highest.length, HIGHEST_KEPT - 1);
    for (; at > 0 && highest[at - 1]! < time; at--) highest[at] = highest[at - 1]!;
    highest[at] = time;
  }

  /** Counts records, or parts of one, that are no events to be counted. */
  addUncounted(what: Uncounted, times = 1): void {
    const progress = this.#progress;
    if (what === 'synthetic') progress.synthetic += times;
    else if (what === 'sampled_out') progress.sampledOut += times;
    else if (what === 'other_version') progress.otherVersion += times;
    else if (what === 'future') progress.future += times;
    else if (what !== 'end') progress.bad[what] += times;
  }

  /** Notes when a real event was written to the log; whether it was countable does not matter. */
  noteTimestamp(timestamp: number): void {
    const progress = this.#progress;
    if (!(progress.firstTimestamp <= timestamp)) progress.firstTimestamp = timestamp;
    if (!(progress.lastTimestamp >= timestamp)) progress.lastTimestamp = timestamp;
  }

  /** The range now covers all offsets below `to`. */
  advance(to: number): void {
    this.#to = to;
  }

  /** Whether the last record of the range says that the input is over. */
  set ended(ended: boolean) {
    this.#progress.ended = ended;
  }

  /** Writes the record of what was collected so far, which stays as it is. */
  encode(): Uint8Array {
    const { paneMs } = this.#definition;
    const places = new Map(this.#panes.groups().map((group) => [group.start, group.places]));
    const starts = [...new Set([...places.keys(), ...this.#folded.keys()])].sort((a, b) => a - b);
    return encodeBlock(this.#definition, { ...this.range, progress: this.#progress }, (writer) => {
      writer.varint(starts.length);
      for (const start of starts) {
        writer.signed(start / paneMs);
        const own = places.get(start);
        const before = this.#folded.get(start);
        if (own === undefined) writer.raw(before!);
        else if (before === undefined) this.#writePlaces(writer, own);
        else writer.raw(this.#withFolded(start, own));
      }
    });
  }
}
