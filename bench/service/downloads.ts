// Downloads beside the polls: a program takes the same content again and again, as fast as it can, from a seeder in C.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writePayload } from "../../test/support/files/payload.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import { BenchTracker } from "../compare/tracker.ts";
import { startKnownSeeder } from "../support/known-seeder.ts";
import type { Polled } from "./polled.ts";

/** Bytes of the content. */
export const contentBytes = 2 ** 30;
const pieceLengthBytes = 2 ** 20;
const lookEveryMs = 50;

/** The content of the downloads, with its tracker and its seeder. */
export interface SeededContent extends AsyncDisposable {
  /** The path of the .torrent. */
  readonly torrent: string;
  readonly infoHash: string;
  /** Ends the seeder. @returns The connections that it had. */
  stopSeeder(): Promise<number>;
}

/** Writes the content, 1 GiB, and starts its tracker and its seeder. @param host The seeder's address, numeric. */
export async function seedContent(host = "127.0.0.1"): Promise<SeededContent> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder("bench-service-content"));
  const tracker = stack.use(await BenchTracker.start());
  const payload = writePayload({
    folder: folder.path,
    name: "payload",
    pieceLengthBytes,
    files: contentBytes,
  });
  const { path, infoHash } = writeTorrentFile(payload, [tracker.url]);
  const file = join(folder.path, "payload");
  const seeder = stack.use(await startKnownSeeder({ infoHash, file, pieceLengthBytes }, { host }));
  tracker.reset([seeder]);
  const held = stack.move();
  return {
    ...{ torrent: path, infoHash },
    stopSeeder: async () => (await seeder.stop()).connections,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** Downloads of one content. */
export class Downloads {
  readonly #file: Uint8Array;
  readonly #infoHash: string;

  constructor({ torrent, infoHash }: SeededContent) {
    this.#file = readFileSync(torrent);
    this.#infoHash = infoHash;
  }

  /**
   * Downloads until `isOver`, whole copies alone.
   * @returns Bytes a second, from the start of each download until it is complete.
   */
  async run(program: Polled, isOver: () => boolean): Promise<number> {
    let seconds = 0;
    let copies = 0;
    while (!isOver() || copies === 0) {
      const begunMs = performance.now();
      await program.add(this.#file, "started");
      while ((await program.progress(this.#infoHash)) < 1) await sleep(lookEveryMs);
      seconds += (performance.now() - begunMs) / 1_000;
      copies++;
      await program.remove(this.#infoHash);
    }
    return (copies * contentBytes) / seconds;
  }
}
