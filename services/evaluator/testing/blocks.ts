import { type Block, decodeBlock } from '#libs/profiles/block.ts';
import { BlockBuilder } from '#libs/profiles/block-builder.ts';
import type { ProfileDefinition } from '#libs/profiles/definition.ts';
import { eventRows } from '#libs/profiles/testing/event-rows.ts';
import { definitionOf, EVERY_KIND } from '#libs/profiles/testing/layouts.ts';
import { type Row, timesOf } from '#libs/profiles/testing/rows.ts';

/** Offsets of a block in these tests. */
export const BLOCK = 8;
export const HOUR = 3_600_000;
export const DEFINITION = definitionOf(EVERY_KIND, { blockSize: BLOCK, paneMs: HOUR });

export interface BlockPlace {
  readonly partition?: number;
  readonly epoch?: number;
  readonly from: number;
  /** One offset for each row, unless given. */
  readonly to?: number;
  readonly synthetic?: number;
  readonly future?: number;
  readonly sampledOut?: number;
  readonly ended?: boolean;
}

/** The record of a block that holds these rows. */
export function blockOf(
  rows: readonly Row[],
  place: BlockPlace,
  definition: ProfileDefinition = DEFINITION,
): { readonly block: Block; readonly payload: Uint8Array } {
  const { partition = 0, epoch = 0, from, to = from + rows.length } = place;
  const builder = new BlockBuilder(definition, { topic: 'flights', partition, epoch });
  builder.begin(from);
  builder.addEvents(eventRows(definition.layout, { rows, times: timesOf(rows) }));
  for (const { t } of rows) builder.noteTimestamp(Date.parse(t));
  for (let i = 0; i < (place.synthetic ?? 0); i++) builder.addUncounted('synthetic');
  for (let i = 0; i < (place.future ?? 0); i++) builder.addUncounted('future');
  for (let i = 0; i < (place.sampledOut ?? 0); i++) {
    builder.addUncounted('sampled_out');
    builder.noteTimestamp(0);
  }
  if (place.ended === true) builder.ended = true;
  builder.advance(to);
  const payload = builder.encode();
  return { block: decodeBlock(definition, payload), payload };
}

/** Usual rows at these hours of 1970-01-01. */
export function rowsAt(...hours: readonly number[]): Row[] {
  return hours.map((hour) => ({ t: new Date(hour * HOUR).toISOString(), x: 1, c: 'a' }));
}
