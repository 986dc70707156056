import {
  type BadReason,
  type BlockProgress,
  type BlockRange,
  emptyProgress,
  encodeBlock,
  HIGHEST_KEPT,
} from './block.ts';
import type { ProfileDefinition } from './definition.ts';
import { createFieldColumn, type EventRows, type FieldColumn } from './field-column.ts';
import { paneStart } from './pane.ts';
import { PaneGroups } from './pane-groups.ts';

/** What a record turned out to be when it is not an event to be counted. */
export type Uncounted = 'synthetic' | 'other_version' | 'future' | 'end' | BadReason;

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
  #index = 0;
  #from = 0;
  #to = 0;
  #progress: BlockProgress = emptyProgress();

  constructor(definition: ProfileDefinition, place: Omit<BlockRange, 'from' | 'to' | 'index'>) {
    this.#definition = definition;
    this.#place = place;
    this.#columns = definition.layout.fields.map((field) =>
      createFieldColumn(field, definition.reading.time),
    );
  }

  /** Begins the block that holds `offset`, at that offset. */
  begin(offset: number): void {
    this.#index = Math.floor(offset / this.#definition.blockSize);
    this.#from = offset;
    this.#to = offset;
    this.#panes.clear();
    this.#progress = emptyProgress();
    for (const column of this.#columns) column.reset();
  }

  /** First offset behind the block. */
  get limit(): number {
    return (this.#index + 1) * this.#definition.blockSize;
  }

  get range(): BlockRange {
    return { ...this.#place, index: this.#index, from: this.#from, to: this.#to };
  }

  /** Counts events; `rows[i]` happened at `times[i]`. */
  addEvents(events: EventRows): void {
    const { times, begin, end } = events;
    const at = this.#panes.length;
    const { paneMs } = this.#definition;
    for (let i = begin; i < end; i++) {
      const time = times[i]!;
      this.#panes.add(paneStart(time, paneMs));
      this.#noteTime(time);
    }
    for (const column of this.#columns) column.append(events, at);
    this.#progress.events = this.#panes.length;
  }

  #noteTime(time: number): void {
    const { highest } = this.#progress;
    if (highest.length === HIGHEST_KEPT && time <= highest[HIGHEST_KEPT - 1]!) return;
    let at = Math.min(highest.length, HIGHEST_KEPT - 1);
    for (; at > 0 && highest[at - 1]! < time; at--) highest[at] = highest[at - 1]!;
    highest[at] = time;
  }

  /** Counts a record that is no event to be counted. */
  addUncounted(what: Uncounted): void {
    const progress = this.#progress;
    if (what === 'synthetic') progress.synthetic++;
    else if (what === 'other_version') progress.otherVersion++;
    else if (what === 'future') progress.future++;
    else if (what !== 'end') progress.bad[what]++;
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
    const panes = this.#panes.groups();
    return encodeBlock(this.#definition, { ...this.range, progress: this.#progress }, (writer) => {
      writer.varint(panes.length);
      for (const { start, places } of panes) {
        writer.signed(start / paneMs);
        writer.varint(places.length);
        for (const column of this.#columns) column.encode(writer, places);
      }
    });
  }
}
