import {
  Bool,
  type DataType,
  Dictionary,
  Float64,
  Int32,
  Table,
  TimestampMillisecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';

/** Rows of one record. */
export const ARROW_ROWS = 1000;

/** Texts with few values have a dictionary, as pandas and Spark write categories. */
function columnTypes(): Readonly<Record<string, DataType>> {
  const dictionary = () => new Dictionary(new Utf8(), new Int32());
  return {
    ts: new TimestampMillisecond(),
    id: new Utf8(),
    amount: new Float64(),
    score: new Float64(),
    age: new Int32(),
    balance: new Float64(),
    country: dictionary(),
    channel: dictionary(),
    merchant: dictionary(),
    is_new: new Bool(),
    label: new Int32(),
  };
}

/** The same events as Arrow IPC streams of a thousand rows each. */
export function* arrowRecords(lines: Iterable<string>): Generator<Uint8Array> {
  let events: Record<string, unknown>[] = [];
  for (const line of lines) {
    events.push(JSON.parse(line));
    if (events.length < ARROW_ROWS) continue;
    yield arrowRecord(events);
    events = [];
  }
  if (events.length > 0) yield arrowRecord(events);
}

function arrowRecord(events: readonly Record<string, unknown>[]): Uint8Array {
  const columns = Object.entries(columnTypes()).map(([name, type]) => {
    const values = events.map((event) =>
      name === 'ts' ? Date.parse(String(event.ts)) : event[name],
    );
    return [name, vectorFromArray(values, type)];
  });
  return tableToIPC(new Table(Object.fromEntries(columns)), 'stream');
}
