/** Walks through `views` once, from the first byte to the last. */
export class ViewCursor {
  readonly #views: readonly Uint8Array[];
  #index = 0;
  #offset = 0;

  /** @param views Neither copied nor changed. */
  constructor(views: readonly Uint8Array[]) {
    this.#views = views;
  }

  /**
   * @param lengthBytes At most the rest.
   * @returns Views for a scatter or gather call.
   */
  take(lengthBytes: number): Uint8Array[] {
    const taken: Uint8Array[] = [];
    let left = lengthBytes;
    while (left > 0) {
      const view = this.#views[this.#index];
      if (view === undefined) throw new RangeError(`bug: ${left} bytes taken beyond the last view`);
      const end = Math.min(this.#offset + left, view.byteLength);
      const isWhole = this.#offset === 0 && end === view.byteLength;
      taken.push(isWhole ? view : view.subarray(this.#offset, end));
      left -= end - this.#offset;
      this.#offset = end === view.byteLength ? 0 : end;
      if (this.#offset === 0) this.#index += 1;
    }
    return taken;
  }
}
