/** The entries of a folder that ignores case and how accents are composed; a name keeps its first spelling. */
export class CaselessEntries<Entry> extends Map<string, Entry> {
  readonly #spellings = new Map<string, string>();

  override get(name: string): Entry | undefined {
    return super.get(this.#spelled(name));
  }

  override set(name: string, entry: Entry): this {
    const spelled = this.#spelled(name);
    this.#spellings.set(keyOf(name), spelled);
    return super.set(spelled, entry);
  }

  override delete(name: string): boolean {
    const isDeleted = super.delete(this.#spelled(name));
    this.#spellings.delete(keyOf(name));
    return isDeleted;
  }

  #spelled(name: string): string {
    return this.#spellings.get(keyOf(name)) ?? name;
  }
}

function keyOf(name: string): string {
  return name.normalize("NFC").toLowerCase();
}
