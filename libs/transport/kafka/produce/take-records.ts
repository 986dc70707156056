import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { murmur2 } from '../../murmur2.ts';
import type { OutgoingRecord } from '../../port.ts';
import { sizeOfUnsigned, writeUnsigned, zigzag } from './varint.ts';

/** 28 November 96727: far beyond any use, and exact as a number. */
const MAX_TIMESTAMP = 4e15;
/** Brokers take no request above `socket.request.max.bytes`, 100 MiB unless set. */
const MAX_RECORD_BYTES = 95 * 1024 * 1024;
const NULL = zigzag(-1);
const utf8 = new TextEncoder();

/** Where a record goes: a partition, a hash of its key, or whatever partition has its turn. */
export type Route =
  | { readonly partition: number }
  | { readonly hash: number }
  | { readonly turn: true };

/**
 * The records of one `send`, their bytes copied into the form that a batch needs: keys, values and
 * headers as Kafka writes them. What depends on the place in a batch is written later.
 */
export interface TakenRecords {
  readonly routes: readonly Route[];
  readonly timestamps: readonly number[];
  /** Key, value and headers of record i are `bodies[ends[i - 1], ends[i])`. */
  readonly bodies: Buffer;
  readonly ends: readonly number[];
}

/** @throws PLB_TRANSPORT_RECORD, before anything is sent */
export function takeRecords(
  records: readonly OutgoingRecord[],
  { topic, now }: { readonly topic: string; readonly now: number },
): TakenRecords {
  const headers = records.map(headersOf);
  const ends: number[] = [];
  let end = 0;
  for (const [index, { key, value }] of records.entries()) {
    const size = sizeOfField(key) + sizeOfField(value) + sizeOfHeaders(headers[index]!);
    if (size > MAX_RECORD_BYTES) {
      throw refused(index, topic, `it must be ${MAX_RECORD_BYTES} bytes at most, got ${size}`);
    }
    end += size;
    ends.push(end);
  }
  const bodies = Buffer.allocUnsafe(end);
  const routes: Route[] = [];
  const timestamps: number[] = [];
  let at = 0;
  for (const [index, { partition, key, value, timestamp = now }] of records.entries()) {
    if (!Number.isInteger(timestamp) || timestamp < 0 || timestamp > MAX_TIMESTAMP) {
      const must = `timestamp must be whole milliseconds since 1970, got ${timestamp}`;
      throw refused(index, topic, must);
    }
    timestamps.push(timestamp);
    routes.push(routeOf(partition, key));
    at = writeField(bodies, at, key);
    at = writeField(bodies, at, value);
    at = writeHeaders(bodies, at, headers[index]!);
  }
  return { routes, timestamps, bodies, ends };
}

function routeOf(partition: number | undefined, key: Uint8Array | null | undefined): Route {
  if (partition !== undefined) return { partition };
  return key === undefined || key === null ? { turn: true } : { hash: murmur2(key) & 0x7fffffff };
}

type Header = readonly [name: Uint8Array, value: Uint8Array];

function headersOf({ headers }: OutgoingRecord): readonly Header[] {
  if (headers === undefined) return [];
  return Object.entries(headers).map(([name, value]) => [utf8.encode(name), value]);
}

function sizeOfField(bytes: Uint8Array | null | undefined): number {
  if (bytes === undefined || bytes === null) return sizeOfUnsigned(NULL);
  return sizeOfUnsigned(zigzag(bytes.length)) + bytes.length;
}

function sizeOfHeaders(headers: readonly Header[]): number {
  let size = sizeOfUnsigned(zigzag(headers.length));
  for (const [name, value] of headers) size += sizeOfField(name) + sizeOfField(value);
  return size;
}

function writeField(into: Buffer, at: number, bytes: Uint8Array | null | undefined): number {
  if (bytes === undefined || bytes === null) return writeUnsigned(into, at, NULL);
  const start = writeUnsigned(into, at, zigzag(bytes.length));
  into.set(bytes, start);
  return start + bytes.length;
}

function writeHeaders(into: Buffer, at: number, headers: readonly Header[]): number {
  let place = writeUnsigned(into, at, zigzag(headers.length));
  for (const [name, value] of headers) {
    place = writeField(into, place, name);
    place = writeField(into, place, value);
  }
  return place;
}

function refused(index: number, topic: string, what: string): PlumblineError {
  return new PlumblineError(
    'PLB_TRANSPORT_RECORD',
    `Cannot send record ${index} to ${topic}: ${what}.`,
  );
}
