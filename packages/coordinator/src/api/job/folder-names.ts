/** A listing serves callers for so many times as long as it took: a folder of 10,000 jobs takes 35 ms. */
const servesFactor = 20;

type Change = (names: Set<string>) => void;

/**
 * The names in a folder that several processes may change. Own changes are told; those of other processes show within a second
 * in a folder of 10,000 jobs, and at once in one of a few.
 */
export class FolderNames {
  readonly #list: () => Promise<readonly string[]>;
  readonly #nowMs: () => number;
  #names: Set<string> | undefined;
  #servesUntilMs = -Infinity;
  #listing: Promise<ReadonlySet<string>> | undefined;
  /** Own changes since the beginning of a listing that is under way. */
  #since: Change[] | undefined;

  constructor(
    list: () => Promise<readonly string[]>,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#list = list;
    this.#nowMs = nowMs;
  }

  /** @throws rejects as the listing does. */
  async all(): Promise<ReadonlySet<string>> {
    if (this.#names !== undefined && this.#nowMs() < this.#servesUntilMs) return this.#names;
    this.#listing ??= this.#read().finally(() => {
      this.#listing = undefined;
    });
    return await this.#listing;
  }

  put(name: string): void {
    this.#change((names) => names.add(name));
  }

  drop(name: string): void {
    this.#change((names) => names.delete(name));
  }

  #change(change: Change): void {
    if (this.#names !== undefined) change(this.#names);
    this.#since?.push(change);
  }

  async #listed(): Promise<readonly string[]> {
    try {
      return await this.#list();
    } finally {
      this.#since = undefined;
    }
  }

  async #read(): Promise<ReadonlySet<string>> {
    const begunMs = this.#nowMs();
    const since: Change[] = [];
    this.#since = since;
    const names = new Set(await this.#listed());
    for (const change of since) change(names);
    const nowMs = this.#nowMs();
    this.#servesUntilMs = nowMs + (nowMs - begunMs) * servesFactor;
    this.#names = names;
    return names;
  }
}
