import { ByteTable } from '#libs/profiles/byte-table.ts';
import { parsePath } from '#libs/profiles/json-path.ts';
import type { ValueColumn } from '#libs/profiles/value-column.ts';

/** Keys of an object that are remembered, and the longest of them: events may name keys by chance. */
const MOST_KEYS = 1024;
const LONGEST_KEY = 128;
const QUOTE = 0x22;
const COLON = 0x3a;
const WORD = 4;

const encoder = new TextEncoder();

/** A key of an object: what it leads to, and the key that followed it last time. */
export interface Key {
  /**
   * As it usually stands in an event: in quotes, with a colon. The bytes are compared by four: all
   * words from the beginning on that end before the last four bytes, and those. 0 where the key is
   * too short for that.
   */
  readonly length: number;
  readonly words: Int32Array;
  readonly last: number;
  readonly node: PathNode | null;
  next: Key | null;
}

function createKey(name: Uint8Array, node: PathNode | null): Key {
  const text = Uint8Array.from([QUOTE, ...name, QUOTE, COLON]);
  const { length } = text;
  if (length < WORD) return { length: 0, words: new Int32Array(0), last: 0, node, next: null };
  const view = new DataView(text.buffer);
  const words = Int32Array.from({ length: Math.ceil(length / WORD) - 1 }, (_, word) =>
    view.getInt32(word * WORD, true),
  );
  return { length, words, last: view.getInt32(length - WORD, true), node, next: null };
}

/** A place in an event to which wanted paths lead. */
export class PathNode {
  /** Where the values of this very place go; `null` where paths only lead through. */
  column: ValueColumn | null = null;
  readonly members = new Map<string, PathNode>();
  readonly elements = new Map<number, PathNode>();
  /** Counting from the end: what no reader can do that goes forward. */
  fromEnd = false;
  /** The event in which it was met last. */
  met = -1;
  readonly #keys: Key[] = [];
  readonly #table = new ByteTable();
  /** Before the first key of an object. */
  readonly start: Key = createKey(new Uint8Array(0), null);

  /** Prepares the look-up of keys; `members` is complete. */
  close(): void {
    for (const [name, node] of this.members) {
      node.close();
      // What is no UTF-8 can only be written with escapes, which are read another way.
      if (name.isWellFormed()) this.#add(encoder.encode(name), node);
    }
    for (const node of this.elements.values()) node.close();
  }

  /** The key `bytes[begin, end)`; `null` for one that is not wanted and not remembered. */
  key(bytes: Uint8Array, begin: number, end: number): Key | null {
    const entry = this.#table.find(bytes, begin, end);
    if (entry >= 0) return this.#keys[entry]!;
    if (this.#keys.length >= this.members.size + MOST_KEYS || end - begin > LONGEST_KEY)
      return null;
    return this.#add(bytes.subarray(begin, end), null);
  }

  #add(name: Uint8Array, node: PathNode | null): Key {
    const key = createKey(name, node);
    this.#table.add(name);
    this.#keys.push(key);
    return key;
  }
}

/** The tree of all paths; `columns` are those of the paths. */
export function createPathTree(columns: ReadonlyMap<string, ValueColumn>): PathNode {
  const root = new PathNode();
  for (const [path, column] of columns) {
    let node = root;
    for (const key of parsePath(path)) {
      node = typeof key === 'string' ? member(node, key) : element(node, key);
    }
    node.column = column;
  }
  root.close();
  return root;
}

function member(node: PathNode, name: string): PathNode {
  const next = node.members.get(name) ?? new PathNode();
  node.members.set(name, next);
  return next;
}

function element(node: PathNode, index: number): PathNode {
  if (index < 0) node.fromEnd = true;
  const next = node.elements.get(index) ?? new PathNode();
  node.elements.set(index, next);
  return next;
}
