import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { ValueColumns } from '#libs/profiles/value-column.ts';
import { JsonCodec } from './json-codec.ts';

/** How the values of records are encoded. */
export type CodecName = 'json' | 'arrow';

/** Why a value holds no events. */
export type BadValue = 'malformed' | 'not_an_object' | 'no_time';

export interface CodecOptions {
  /** What is to be filled, by path. */
  readonly columns: ValueColumns;
  /** The path of the event time, which is one of them. */
  readonly time: string;
}

/** Reads the wanted values of events out of the values of records. */
export interface EventCodec {
  /**
   * Fills the columns with the events of these values, row after row, instead of what they held
   * before, and says of each value how many events it holds, or why it holds none. The columns may
   * refer to the memory of the codec: they are good until the next call.
   */
  decode(values: readonly Uint8Array[]): readonly (number | BadValue)[];
}

let arrow: typeof import('./arrow-codec.ts') | undefined;

/** Must have come to an end before the codec is created: Arrow is loaded where it is used only. */
export async function loadCodec(name: CodecName): Promise<void> {
  if (name === 'arrow') arrow = await import('./arrow-codec.ts');
}

/** The codec of a stream. @throws PLB_INTERNAL where it was not loaded. */
export function createCodec(name: CodecName, options: CodecOptions): EventCodec {
  if (name === 'json') return new JsonCodec(options);
  if (arrow !== undefined) return new arrow.ArrowCodec(options);
  throw new PlumblineError('PLB_INTERNAL', `Cannot read events: the codec ${name} was not loaded`);
}
