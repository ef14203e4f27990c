// The common parts of the tests against other clients: a payload, its torrent, a tracker that serves it, and the
// comparison of what arrived.

import { rmSync } from "node:fs";
import type { ExecutionContext } from "ava";
import { Opentracker } from "./opentracker.ts";
import { filesBelow } from "../files/files-below.ts";
import { writePayloadInTurns, type Payload, type PayloadPlan } from "../files/payload.ts";
import { firstDifference } from "../files/compare-files.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";
import type { TestTracker } from "./test-tracker.ts";
import { infoHashOf, writeTorrentFile, type TorrentFile } from "../files/torrent-file.ts";

/** Pieces, files and their lengths; where it lies is not the test's concern. */
export type PayloadShape = Pick<PayloadPlan, "pieceLengthBytes" | "files"> &
  Partial<Pick<PayloadPlan, "name">>;

/** A payload in one folder, an empty folder for the copy, and a real tracker that knows the torrent. */
export class Exchange<Tracker extends TestTracker = TestTracker> implements AsyncDisposable {
  readonly payload: Payload;
  readonly torrent: TorrentFile;
  readonly tracker: Tracker;
  /** Absolute path of the folder that the copy goes to. */
  readonly target: string;
  readonly #folders: readonly TemporaryFolder[];

  private constructor(
    payload: Payload,
    torrent: TorrentFile,
    tracker: Tracker,
    folders: readonly [source: TemporaryFolder, target: TemporaryFolder],
  ) {
    this.payload = payload;
    this.torrent = torrent;
    this.tracker = tracker;
    this.target = folders[1].path;
    this.#folders = folders;
  }

  /** Makes all of it with opentracker. */
  static async prepare(shape: PayloadShape): Promise<Exchange<Opentracker>> {
    return await Exchange.prepareWith(shape, (infoHash) => Opentracker.start([infoHash]));
  }

  /** Makes all of it with the tracker that `startTracker` starts for an info-hash. */
  static async prepareWith<Tracker extends TestTracker>(
    shape: PayloadShape,
    startTracker: (infoHash: string) => Promise<Tracker>,
  ): Promise<Exchange<Tracker>> {
    const [source, target] = [temporaryFolder("interop-source"), temporaryFolder("interop-target")];
    const payload = await writePayloadInTurns({ name: "payload", ...shape, folder: source.path });
    const tracker = await startTracker(infoHashOf(payload));
    const torrent = writeTorrentFile(payload, [tracker.url]);
    return new Exchange(payload, torrent, tracker, [source, target]);
  }

  /** Absolute path of the folder that the payload lies in. */
  get source(): string {
    return this.payload.folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tracker[Symbol.asyncDispose]();
    for (const { path } of this.#folders) rmSync(path, { recursive: true, force: true });
  }
}

/** The copy has the same files as the original, with the same bytes. */
export async function assertSameFiles(
  t: ExecutionContext,
  payload: Payload,
  target: string,
): Promise<void> {
  t.deepEqual(filesBelow(target), payload.paths.toSorted());
  t.is(await firstDifference([payload.folder, target], payload.paths), undefined);
}
