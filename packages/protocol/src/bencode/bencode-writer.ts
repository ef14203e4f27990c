// Bencode of large structures, written value by value into memory that grows.

const firstBytes = 65_536;

/** Writes values in the order in which they come. Nothing checks that keys are sorted and that structures end. */
export class BencodeWriter {
  #memory = Buffer.allocUnsafe(firstBytes);
  #length = 0;

  /** Begins a dictionary. */
  dictionary(): this {
    return this.#raw("d");
  }

  /** Begins a list. */
  list(): this {
    return this.#raw("l");
  }

  /** Ends the innermost dictionary or list. */
  end(): this {
    return this.#raw("e");
  }

  /** @param value A whole number. */
  integer(value: number): this {
    return this.#raw(`i${value}e`);
  }

  /** A key or a value. Text becomes UTF-8. */
  string(content: string | Uint8Array): this {
    const isText = typeof content === "string";
    const bytes = isText ? Buffer.byteLength(content) : content.length;
    this.#raw(`${bytes}:`);
    this.#reserve(bytes);
    if (isText) this.#memory.write(content, this.#length);
    else this.#memory.set(content, this.#length);
    this.#length += bytes;
    return this;
  }

  strings(list: readonly string[]): this {
    this.list();
    for (const text of list) this.string(text);
    return this.end();
  }

  /** @returns All that was written; the writer is not used again. */
  finish(): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#memory.byteOffset, this.#length);
  }

  /** @param text ASCII. */
  #raw(text: string): this {
    this.#reserve(text.length);
    this.#memory.write(text, this.#length, "latin1");
    this.#length += text.length;
    return this;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#memory.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#memory.length));
    this.#memory.copy(larger, 0, 0, this.#length);
    this.#memory = larger;
  }
}
