import { FALSE, NULL, NUMBER, TEXT, TRUE, type ValueColumn } from '#libs/profiles/value-column.ts';
import { JsonNumber } from './json-number.ts';
import type { Key, PathNode } from './path-tree.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const BLANK = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
/** Deeper events are left to `JSON.parse`, which has a stack of its own. */
const DEEPEST = 100;

/** Bytes that stand for themselves inside a string. */
const PLAIN = new Uint8Array(256).fill(1, BLANK);
PLAIN[QUOTE] = 0;
PLAIN[BACKSLASH] = 0;
/** Bytes that may stand behind a backslash alone. */
const ESCAPED = new Uint8Array(256);
for (const character of '"\\/bfnrt') ESCAPED[character.charCodeAt(0)] = 1;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const LETTER_U = 0x75;
const HEXADECIMAL = new Uint8Array(256);
for (const digit of '0123456789abcdefABCDEF') HEXADECIMAL[digit.charCodeAt(0)] = 1;

/**
 * Goes once over the bytes of an event, checks all of it as JSON, and takes the wanted values out.
 *
 * It says −1 not only for what is no JSON but also for whatever is unusual: the caller asks
 * `JSON.parse` then, so that every doubt is settled by the same judge. The bytes have been found to
 * be UTF-8 before, and behind an event stands a byte 0, which is part of no JSON: no look at the next
 * byte needs to ask whether there is one.
 */
export class JsonScanner {
  readonly #root: PathNode;
  readonly #number = new JsonNumber();
  #bytes: Buffer = Buffer.alloc(1);
  #view: DataView = new DataView(new ArrayBuffer(1));
  #row = 0;
  /** Tells the events apart. */
  #event = 0;

  constructor(root: PathNode) {
    this.#root = root;
  }

  /** The bytes that hold the next events. */
  set bytes(bytes: Buffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Reads the event at `begin` into a row, and says where it ends, or −1. */
  read(begin: number, row: number): number {
    this.#row = row;
    this.#event = (this.#event + 1) | 0;
    const at = this.#blanks(begin);
    if (this.#bytes[at] !== OPEN_BRACE) return -1;
    const end = this.#object(this.#root, at + 1);
    return end < 0 ? -1 : this.#blanks(end);
  }

  /** The members of a wanted object, from behind its brace to behind the closing one. */
  #object(node: PathNode, at: number): number {
    const bytes = this.#bytes;
    const view = this.#view;
    let i = at;
    if (bytes[i]! <= BLANK) i = this.#blanks(i);
    if (bytes[i] === CLOSE_BRACE) return i + 1;
    let before: Key = node.start;
    for (;;) {
      // Mostly the keys are those of the event before, in the same order.
      let key = before.next;
      if (key !== null) {
        const { words, length } = key;
        const last = i + length - 4;
        let at = i;
        let word = 0;
        while (at < last && view.getInt32(at, true) === words[word]) {
          at += 4;
          word++;
        }
        if (at >= last && length > 0 && view.getInt32(last, true) === key.last) i += length;
        else key = null;
      }
      if (key === null) {
        const end = this.#key(i);
        if (end < 0) return -1;
        key = node.key(bytes, i + 1, end);
        i = this.#colon(end + 1);
        if (i < 0) return -1;
        if (key !== null) before.next = key;
      }
      if (bytes[i]! <= BLANK) i = this.#blanks(i);
      if (key === null || key.node === null) i = this.#skip(i, 1);
      else i = this.#wanted(key.node, i);
      if (i < 0) return -1;
      if (key !== null) before = key;
      let byte = bytes[i]!;
      if (byte <= BLANK) {
        i = this.#blanks(i);
        byte = bytes[i]!;
      }
      if (byte === CLOSE_BRACE) return i + 1;
      if (byte !== COMMA) return -1;
      i++;
      if (bytes[i]! <= BLANK) i = this.#blanks(i);
    }
  }

  /** The closing quote of a key without escapes, or −1. */
  #key(at: number): number {
    const bytes = this.#bytes;
    if (bytes[at] !== QUOTE) return -1;
    let i = at + 1;
    while (PLAIN[bytes[i]!] === 1) i++;
    return bytes[i] === QUOTE ? i : -1;
  }

  /** Behind the colon that follows. */
  #colon(at: number): number {
    const i = this.#blanks(at);
    return this.#bytes[i] === COLON ? i + 1 : -1;
  }

  /** Takes a wanted value. */
  #wanted(node: PathNode, at: number): number {
    // The last of several members of the same name counts.
    if (node.met === this.#event) return -1;
    node.met = this.#event;
    const bytes = this.#bytes;
    const column = node.column;
    const row = this.#row;
    const first = bytes[at]!;
    if (first === QUOTE) {
      const begin = at + 1;
      let i = begin;
      while (PLAIN[bytes[i]!] === 1) i++;
      if (bytes[i] !== QUOTE) {
        const end = this.#escaped(i);
        if (end > 0 && column !== null) this.#parse(column, at, end);
        return end;
      }
      if (column !== null) {
        column.kinds[row] = TEXT;
        column.starts[row] = begin;
        column.ends[row] = i;
      }
      return i + 1;
    }
    if ((first >= ZERO && first <= NINE) || first === MINUS) {
      const end = this.#number.read(bytes, at);
      if (column !== null) {
        column.kinds[row] = NUMBER;
        column.numbers[row] = this.#number.value;
      }
      return end;
    }
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      const end = first === OPEN_BRACE ? this.#object(node, at + 1) : this.#array(node, at + 1);
      if (end > 0 && column !== null) this.#parse(column, at, end);
      return end;
    }
    const end = this.#literal(at);
    if (end > 0 && column !== null)
      column.kinds[row] = first === LETTER_N ? NULL : first === LETTER_T ? TRUE : FALSE;
    return end;
  }

  /** The elements of a wanted array, from behind its bracket to behind the closing one. */
  #array(node: PathNode, at: number): number {
    if (node.fromEnd) return -1;
    const bytes = this.#bytes;
    let i = this.#blanks(at);
    if (bytes[i] === CLOSE_BRACKET) return i + 1;
    for (let index = 0; ; index++) {
      const element = node.elements.get(index);
      i = element === undefined ? this.#skip(i, 1) : this.#wanted(element, i);
      if (i < 0) return -1;
      i = this.#blanks(i);
      if (bytes[i] === CLOSE_BRACKET) return i + 1;
      if (bytes[i] !== COMMA) return -1;
      i = this.#blanks(i + 1);
    }
  }

  /** Behind a value that nobody wants. */
  #skip(at: number, depth: number): number {
    const bytes = this.#bytes;
    const first = bytes[at]!;
    if (first === QUOTE) {
      let i = at + 1;
      while (PLAIN[bytes[i]!] === 1) i++;
      return bytes[i] === QUOTE ? i + 1 : this.#escaped(i);
    }
    if ((first >= ZERO && first <= NINE) || first === MINUS) return this.#number.read(bytes, at);
    if (first === OPEN_BRACE || first === OPEN_BRACKET) return this.#skipContainer(at, depth);
    return this.#literal(at);
  }

  #skipContainer(at: number, depth: number): number {
    if (depth > DEEPEST) return -1;
    const bytes = this.#bytes;
    const isObject = bytes[at] === OPEN_BRACE;
    const close = isObject ? CLOSE_BRACE : CLOSE_BRACKET;
    let i = this.#blanks(at + 1);
    if (bytes[i] === close) return i + 1;
    for (;;) {
      if (isObject) {
        if (bytes[i] !== QUOTE) return -1;
        i = this.#skip(i, depth);
        if (i < 0) return -1;
        i = this.#colon(i);
        if (i < 0) return -1;
        i = this.#blanks(i);
      }
      i = this.#skip(i, depth + 1);
      if (i < 0) return -1;
      i = this.#blanks(i);
      if (bytes[i] === close) return i + 1;
      if (bytes[i] !== COMMA) return -1;
      i = this.#blanks(i + 1);
    }
  }

  /** Behind the closing quote of a string, from its first byte on that is not plain. */
  #escaped(at: number): number {
    const bytes = this.#bytes;
    let i = at;
    for (;;) {
      if (bytes[i] === QUOTE) return i + 1;
      if (bytes[i] !== BACKSLASH) return -1;
      const letter = bytes[i + 1]!;
      if (ESCAPED[letter] === 1) i += 2;
      else if (letter === LETTER_U) {
        for (let digit = i + 2; digit < i + 6; digit++)
          if (HEXADECIMAL[bytes[digit]!] !== 1) return -1;
        i += 6;
      } else return -1;
      while (PLAIN[bytes[i]!] === 1) i++;
    }
  }

  /** Behind `true`, `false` or `null`. */
  #literal(at: number): number {
    const bytes = this.#bytes;
    const [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    if (a === 0x74 && b === 0x72 && c === 0x75 && d === 0x65) return at + 4;
    if (a === 0x6e && b === 0x75 && c === 0x6c && d === 0x6c) return at + 4;
    if (a === 0x66 && b === 0x61 && c === 0x6c && d === 0x73 && bytes[at + 4] === 0x65)
      return at + 5;
    return -1;
  }

  /** Takes a value that is no plain text, number or literal; it has been found to be JSON. */
  #parse(column: ValueColumn, begin: number, end: number): void {
    column.set(this.#row, JSON.parse(this.#bytes.toString('utf8', begin, end)));
  }

  #blanks(at: number): number {
    const bytes = this.#bytes;
    let i = at;
    for (;;) {
      const byte = bytes[i]!;
      if (byte !== BLANK && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return i;
      i++;
    }
  }
}
