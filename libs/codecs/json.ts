const decoder = new TextDecoder('utf-8', { fatal: true });

/** A decoded event, or why the bytes are none. */
export type Decoded =
  | { readonly kind: 'event'; readonly event: object }
  | { readonly kind: 'bad'; readonly reason: 'malformed' | 'not_an_object' };

const MALFORMED: Decoded = { kind: 'bad', reason: 'malformed' };
const NOT_AN_OBJECT: Decoded = { kind: 'bad', reason: 'not_an_object' };

/** Reads one event from UTF-8 JSON; bytes that are not UTF-8 are malformed, a BOM is passed over. */
export function decodeJson(bytes: Uint8Array): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch {
    return MALFORMED;
  }
  return classifyJson(value);
}

/** An event is a JSON object; everything else is none. */
function classifyJson(value: unknown): Decoded {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { kind: 'event', event: value }
    : NOT_AN_OBJECT;
}
