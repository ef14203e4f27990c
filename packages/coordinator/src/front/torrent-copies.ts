// Plain copies of .torrent files in the state folder, by info-hash: what was added once is found again by its hash
// alone.
//
//   <state folder>/torrents/<info-hash>.torrent

import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";

/** The copies in one state folder. Several processes may use it at once. */
export class TorrentCopies {
  readonly #folder: string;

  /** @param stateDirectory Absolute; made when the first copy is kept. */
  constructor(stateDirectory: string) {
    this.#folder = join(stateDirectory, "torrents");
  }

  /** Keeps a copy, readable by its owner alone; whole or not at all. @throws rejects with a system error. */
  async keep(infoHash: string, metainfo: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const temporary = join(this.#folder, `.${randomBytes(8).toString("hex")}.tmp`);
    try {
      await writeDurably(temporary, metainfo);
      await rename(temporary, this.#pathOf(infoHash));
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
  }

  /** @returns The bytes, or undefined when there is no copy that can be read. */
  async find(infoHash: string): Promise<Uint8Array | undefined> {
    try {
      return new Uint8Array(await readFile(this.#pathOf(infoHash)));
    } catch {
      return undefined;
    }
  }

  #pathOf(infoHash: string): string {
    return join(this.#folder, `${infoHash}.torrent`);
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(bytes);
  await file.sync();
}
