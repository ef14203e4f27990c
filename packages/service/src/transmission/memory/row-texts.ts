import type { TorrentRow } from "../../view/torrent-row.ts";

/** Lists with different fields whose texts are kept; beyond, those of the oldest list go. */
const mostLists = 8;

/**
 * The texts of rows in lists. A row never changes in place, and most rows are the same in the next list: their fields need
 * not be written again. A text goes with its row.
 */
export class RowTexts {
  readonly #lists = new Map<string, WeakMap<TorrentRow, string>>();

  /** The texts of the lists with some fields. @param fields Names all that the texts depend on besides the row. */
  of(fields: string): WeakMap<TorrentRow, string> {
    const known = this.#lists.get(fields);
    if (known !== undefined) return known;
    const texts = new WeakMap<TorrentRow, string>();
    this.#lists.set(fields, texts);
    const [oldest] = this.#lists.keys();
    if (this.#lists.size > mostLists && oldest !== undefined) this.#lists.delete(oldest);
    return texts;
  }
}
