const FIRST_SLOTS = 64;
const FIRST_BYTES = 1024;
/** Multipliers of MurmurHash3: what matters is that every bit of a key reaches every bit of the hash. */
const MIX = 0xcc9e2d51 | 0;
const LAST_MIX = 0x85ebca6b | 0;

/**
 * Finds entries by a range of bytes, without making a string of it: a hash table with open
 * addressing in which every entry has a number, from 0 in the order of insertion.
 */
export class ByteTable {
  /** Entry in each slot, −1 where it is free; at most half of them are taken. */
  #slots = new Int32Array(FIRST_SLOTS).fill(-1);
  /** By entry: its hash, and where its key begins in `#keys`; one more for where the last ends. */
  #hashes = new Int32Array(FIRST_SLOTS);
  #begins = new Int32Array(FIRST_SLOTS + 1);
  #keys = new Uint8Array(FIRST_BYTES);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The entry whose key is `bytes[begin, end)`, or −1. */
  find(bytes: Uint8Array, begin: number, end: number): number {
    const hash = hashOf(bytes, begin, end);
    const slots = this.#slots;
    const hashes = this.#hashes;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]!;
      if (entry < 0) return -1;
      if (hashes[entry] === hash && this.#isKey(entry, bytes, begin, end)) return entry;
    }
  }

  #isKey(entry: number, bytes: Uint8Array, begin: number, end: number): boolean {
    const keys = this.#keys;
    const first = this.#begins[entry]!;
    if (this.#begins[entry + 1]! - first !== end - begin) return false;
    for (let i = begin, at = first; i < end; i++, at++) if (keys[at] !== bytes[i]) return false;
    return true;
  }

  /** Adds a key, which must not be there yet, and gives its entry. */
  add(key: Uint8Array): number {
    const entry = this.#size++;
    const begin = this.#begins[entry]!;
    const end = begin + key.length;
    if (end > this.#keys.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#keys.length));
      larger.set(this.#keys);
      this.#keys = larger;
    }
    this.#keys.set(key, begin);
    if (2 * this.#size > this.#slots.length) this.#grow();
    this.#begins[entry + 1] = end;
    this.#hashes[entry] = hashOf(key, 0, key.length);
    this.#place(entry);
    return entry;
  }

  #place(entry: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#hashes[entry]! & mask;
    while (slots[slot]! >= 0) slot = (slot + 1) & mask;
    slots[slot] = entry;
  }

  /** Doubles the slots; the entry that is being added is not in them yet. */
  #grow(): void {
    const size = 2 * this.#slots.length;
    const hashes = new Int32Array(size);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    const begins = new Int32Array(size + 1);
    begins.set(this.#begins);
    this.#begins = begins;
    this.#slots = new Int32Array(size).fill(-1);
    for (let entry = 0; entry < this.#size - 1; entry++) this.#place(entry);
  }
}

function hashOf(bytes: Uint8Array, begin: number, end: number): number {
  let hash = end - begin;
  let i = begin;
  for (const last = end - 3; i < last; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash = Math.imul(hash ^ word, MIX);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, MIX);
  hash = Math.imul(hash ^ (hash >>> 13), LAST_MIX);
  return hash ^ (hash >>> 16);
}
