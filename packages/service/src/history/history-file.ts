// The file of the history in the state folder.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { asFault, codeOf } from "@troupe/actor-runtime";
import { replaceFile } from "../program/secret-files.ts";
import { decodeHistory, encodeHistory, historyBytes } from "./history-bytes.ts";
import type { HistoryContent } from "./rate-history.ts";

/** A history of an earlier run. */
interface SavedHistory {
  /** Undefined: the history begins. */
  readonly content?: HistoryContent;
  /** A sentence about a file that cannot be used. */
  readonly warning?: string;
}

/** Reads and replaces the file. */
export class HistoryFile {
  readonly #path: string;

  /** @param folder `service` in the state folder. */
  constructor(folder: string) {
    this.#path = join(folder, "rate-history");
  }

  /** Never throws: a file that cannot be used is a warning, and the next save replaces it. */
  read(): SavedHistory {
    try {
      const found = statSync(this.#path);
      const isOurs = found.isFile() && found.size === historyBytes;
      const content = isOurs ? decodeHistory(readFileSync(this.#path)) : undefined;
      return content === undefined ? this.#unusable("it is damaged") : { content };
    } catch (error) {
      return codeOf(error) === "ENOENT" ? {} : this.#unusable(asFault(error).message);
    }
  }

  /** A crash at any time leaves the file before or the new one. @throws rejects with a system error */
  async save(content: HistoryContent): Promise<void> {
    await replaceFile(this.#path, encodeHistory(content));
  }

  #unusable(why: string): SavedHistory {
    return {
      warning: `the history of rates begins anew: cannot use the file ${this.#path}: ${why}`,
    };
  }
}
