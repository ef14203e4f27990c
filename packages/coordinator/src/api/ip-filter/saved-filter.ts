// The last list that was fetched, in the state folder: a line with its address, then the bytes of the list. Programs that
// share the folder and have other addresses replace each other's list.

import { join } from "node:path";
import { makeFolder, readBounded } from "@troupe/api-base";
import { stateFolderCalls } from "../job/state-folder-calls.ts";
import { replaceFile } from "../replace-file.ts";

/** The file, in the state folder. */
export const savedFilterFile = "ip-filter.list";
/** Bytes of a list as a server sends it, compressed or not: a longer one is refused. */
export const fetchedListBytes = 64 << 20;
/** The gate of the setting allows no longer address; a character has 4 bytes at most. */
const longestAddressBytes = 4 * 4_096 + 1;
const lineFeed = 0x0a;

/** The list of an address in a state folder. */
export class SavedFilter {
  readonly #folder: string;

  /** @param stateDirectory Made with the first list. */
  constructor(stateDirectory: string) {
    this.#folder = stateDirectory;
  }

  /** Whole or not at all. @throws rejects with a system error. */
  async save(address: string, list: Uint8Array): Promise<void> {
    await stateFolderCalls(this.#folder).run(async () => {
      await makeFolder(this.#folder, 0o700);
      const bytes = Buffer.concat([Buffer.from(`${address}\n`), list]);
      await replaceFile(join(this.#folder, savedFilterFile), bytes, { mode: 0o600 });
    });
  }

  /** @returns Undefined when no list of this address can be read. */
  async find(address: string): Promise<Uint8Array | undefined> {
    const path = join(this.#folder, savedFilterFile);
    const most = longestAddressBytes + fetchedListBytes;
    const calls = stateFolderCalls(this.#folder);
    const bytes = await calls.run(() => readBounded(path, most)).catch(() => undefined);
    const end = bytes?.indexOf(lineFeed) ?? -1;
    if (bytes === undefined || end < 0) return undefined;
    const isOfAddress = Buffer.from(address).equals(bytes.subarray(0, end));
    return isOfAddress ? bytes.subarray(end + 1) : undefined;
  }
}
