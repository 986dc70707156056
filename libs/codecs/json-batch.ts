import { classifyJson, type Decoded, decodeJson } from './json.ts';

/** Events parsed at a time: most of the gain, and a bad event sends few others the slow way. */
const MOST_EVENTS = 64;
/** Longer events cost so much by themselves that joining them gains nothing. */
const LONGEST = 4096;
const OPENING = 0x5b;
const CLOSING = 0x5d;
const COMMA = 0x2c;
const BRACE = 0x7d;
const BLANK = 0x20;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads events from UTF-8 JSON, with the same outcomes that `decodeJson` gives one by one, in less
 * time for events that are short and flat.
 *
 * Such events are joined to one array and parsed at once, if each holds a single closing brace, as
 * its last byte. When that gives as many objects as there were events, then each event was one
 * object by itself: a comma between two elements follows a brace, so none of them stands inside an
 * event, and all of those between the events are needed. In any other case they are parsed singly.
 */
export class JsonBatchDecoder {
  readonly #joined = Buffer.alloc(2 + MOST_EVENTS * (LONGEST + 1));

  decode(values: readonly Uint8Array[]): readonly Decoded[] {
    const decoded: Decoded[] = [];
    for (let begin = 0; begin < values.length; ) {
      const end = this.#endOfBatch(values, begin);
      const parsed = end - begin > 1 ? this.#parse(values, { begin, end }) : null;
      if (parsed === null) for (; begin < end; begin++) decoded.push(decodeJson(values[begin]!));
      else for (const event of parsed) decoded.push(event);
      begin = end;
    }
    return decoded;
  }

  /** The next events that may be joined, or one that may not. */
  #endOfBatch(values: readonly Uint8Array[], begin: number): number {
    let end = begin;
    for (; end < values.length && end - begin < MOST_EVENTS; end++) {
      const value = values[end]!;
      if (value.length > LONGEST || value[value.length - 1] !== BRACE) break;
    }
    return Math.max(end, begin + 1);
  }

  /** As many objects as there are events, or `null` where that does not come out. */
  #parse(
    values: readonly Uint8Array[],
    { begin, end }: { readonly begin: number; readonly end: number },
  ): readonly Decoded[] | null {
    const joined = this.#joined;
    let length = 0;
    joined[length++] = OPENING;
    for (let i = begin; i < end; i++) {
      const value = values[i]!;
      joined.set(value, length);
      length += value.length;
      // Without the last braces a look for others is one quick search.
      joined[length - 1] = BLANK;
      joined[length++] = COMMA;
    }
    joined[length - 1] = CLOSING;
    const bytes = joined.subarray(0, length);
    if (bytes.includes(BRACE)) return null;
    for (let i = begin, at = 1; i < end; i++) {
      at += values[i]!.length;
      bytes[at - 1] = BRACE;
      at++;
    }
    let parsed: unknown;
    try {
      parsed = JSON.parse(decoder.decode(bytes));
    } catch {
      return null;
    }
    if (!Array.isArray(parsed) || parsed.length !== end - begin) return null;
    const events = parsed.map(classifyJson);
    return events.every(({ kind }) => kind === 'event') ? events : null;
  }
}
