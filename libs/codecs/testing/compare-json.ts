import { isDeepStrictEqual } from 'node:util';
import { compilePath } from '#libs/profiles/json-path.ts';
import { createColumns } from '#libs/profiles/value-column.ts';
import { decodeJson } from '../json.ts';
import { JsonCodec } from '../json-codec.ts';

/**
 * A codec that is used again and again, as in a stream, beside its judge, `JSON.parse`: tells where
 * the two disagree, or `null`.
 */
export function createJsonComparison(
  paths: readonly string[],
): (values: readonly Uint8Array[]) => string | null {
  const columns = createColumns(paths);
  const codec = new JsonCodec({ columns });
  const sources = paths.map(compilePath);
  return (values) => {
    const outcomes = codec.decode(values);
    const decoded = values.map(decodeJson);
    const events = decoded.flatMap((one) => (one.kind === 'event' ? [one.event] : []));
    const expected = {
      outcomes: decoded.map((one) => (one.kind === 'event' ? 1 : one.reason)),
      rows: events.map((event) => sources.map((source) => source(event))),
    };
    const got = {
      outcomes,
      rows: events.map((_, row) => paths.map((path) => columns.get(path)?.get(row))),
    };
    if (isDeepStrictEqual(got, expected)) return null;
    const texts = values.map((value) => Buffer.from(value).toString('latin1'));
    return `${JSON.stringify(texts)}: ${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`;
  };
}
