/** A byte. */
const lastId = 255;

/**
 * Our ids of the plugin extensions of a torrent. A name keeps its id. The id of an extension that is gone is not
 * given again soon: peers may still send its messages.
 */
export class ExtensionIds {
  readonly #firstId: number;
  #ids: ReadonlyMap<string, number> = new Map<string, number>();
  #given: number;

  /** @param firstId Behind our own extensions. */
  constructor(firstId: number) {
    this.#firstId = firstId;
    this.#given = firstId - 1;
  }

  /** @returns The ids of these names, in their order. Other names lose theirs. */
  replace(names: readonly string[]): number[] {
    const before = this.#ids;
    const used = new Set(names.map((name) => before.get(name)));
    this.#ids = new Map(names.map((name) => [name, before.get(name) ?? this.#next(used)]));
    return names.map((name) => this.#ids.get(name) ?? lastId);
  }

  #next(used: ReadonlySet<number | undefined>): number {
    do this.#given = this.#given === lastId ? this.#firstId : this.#given + 1;
    while (used.has(this.#given));
    return this.#given;
  }
}
