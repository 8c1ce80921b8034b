import { NODE_BYTES } from "./pair-hasher.ts";

/**
 * Where an account id is looked up first, in a table of `slots` (a power of two) with linear probing. A slot holds index + 1;
 * 0 is free. The same table is in memory while a tree is built and in its file afterwards.
 */
export function firstSlot(id: Buffer, offset: number, slots: number): number {
  let mixed = 0;
  for (let at = 0; at < NODE_BYTES; at += 4) {
    mixed = Math.imul(mixed ^ id.readUInt32BE(offset + at), 0x9e3779b1);
    mixed ^= mixed >>> 15;
  }
  return (mixed >>> 0) % slots;
}

/** Account ids in order of arrival, with lookup: 40 to 80 bytes an account. */
export class IdIndex {
  #ids = Buffer.alloc(1024 * NODE_BYTES);
  #slots = new Uint32Array(2 * 1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds an id, unless it is there: then its index comes back. */
  add(id: Buffer): number | undefined {
    const found = this.#slotOf(id, 0);
    const known = this.#slots[found] ?? 0;
    if (known !== 0) return known - 1;
    if (this.#count * NODE_BYTES === this.#ids.length) {
      this.#grow();
      return this.add(id);
    }
    id.copy(this.#ids, this.#count * NODE_BYTES, 0, NODE_BYTES);
    this.#slots[found] = ++this.#count;
    return undefined;
  }

  /** The table for a file with room for `capacity` accounts: big-endian words. */
  table(capacity: number): Buffer {
    const words = this.#fill(new Uint32Array(2 * capacity));
    const bytes = Buffer.alloc(words.length * 4);
    words.forEach((word, slot) => {
      bytes.writeUInt32BE(word, slot * 4);
    });
    return bytes;
  }

  #slotOf(source: Buffer, offset: number): number {
    const slots = this.#slots.length;
    let slot = firstSlot(source, offset, slots);
    for (;;) {
      const known = this.#slots[slot] ?? 0;
      if (known === 0) return slot;
      const start = (known - 1) * NODE_BYTES;
      if (source.compare(this.#ids, start, start + NODE_BYTES, offset, offset + NODE_BYTES) === 0)
        return slot;
      slot = (slot + 1) % slots;
    }
  }

  #grow(): void {
    this.#ids = Buffer.concat([this.#ids, Buffer.alloc(this.#ids.length)]);
    this.#slots = this.#fill(new Uint32Array(2 * this.#slots.length));
  }

  #fill(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
    for (let index = 0; index < this.#count; index++) {
      let slot = firstSlot(this.#ids, index * NODE_BYTES, words.length);
      while (words[slot] !== 0) slot = (slot + 1) % words.length;
      words[slot] = index + 1;
    }
    return words;
  }
}
