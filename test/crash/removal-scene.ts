// One removal of a torrent with its files by a process of its own, killed at some disk call; and the restore after it.

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Coordinator } from "@troupe/coordinator";
import { bundledThreadsWords } from "../../scripts/tests/bundled-threads.ts";
import { filesBelow } from "../support/files/files-below.ts";
import { quickDisk } from "../support/files/quick-disk.ts";
import { writePayload, type Payload } from "../support/files/payload.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { until } from "../support/time/until.ts";
import { KillAt } from "./kill-at.ts";

const script = fileURLToPath(new URL("fixtures/remove.ts", import.meta.url));
const fileCount = 6_000;
const foreignFile = "payload/0/mine";

/** The outcome of one removal. */
export interface KilledRemoval {
  /** Counted disk calls of the removal, until it was killed. */
  readonly calls: number;
  readonly wasKilled: boolean;
  /** Files of the torrent that were left when it was killed. */
  readonly filesLeft: number;
  /** Sentences about everything that should not be. */
  readonly violations: readonly string[];
}

/** A payload of 6,000 files, and the program that removes them. */
export class RemovalScene implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #killer: KillAt;
  readonly #payload: Payload;
  readonly #torrent: string;

  private constructor(killer: KillAt, payload: Payload, torrent: string) {
    this.#killer = killer;
    this.#payload = payload;
    this.#torrent = torrent;
  }

  static async open(): Promise<RemovalScene> {
    const folder = temporaryFolder("troupe-removals", quickDisk());
    const files = Array.from({ length: fileCount }, (_, file) => ({
      path: [String(file % 7), `file-${file}`],
      lengthBytes: 100,
    }));
    const source = join(folder.path, "source");
    const shape = { folder: source, name: "payload", pieceLengthBytes: 16 * 1024, files };
    const payload = writePayload(shape);
    const { path } = writeTorrentFile({ ...payload, folder: folder.path });
    const scene = new RemovalScene(await KillAt.build(folder.path), payload, path);
    scene.#stack.use(folder);
    return scene;
  }

  /**
   * Removes, is killed at a disk call (0: never), and restores.
   *
   * @param counted Calls below both folders, or removals below the data folder: the number of the others differs by thousands.
   */
  async run(atCall: number, counted: "all" | "removals" = "removals"): Promise<KilledRemoval> {
    const root = this.#killer.freshFolder();
    const [data, state] = [join(root, "data"), join(root, "state")];
    cpSync(this.#payload.folder, data, { recursive: true });
    writeFileSync(join(data, foreignFile), "mine");
    const { calls, wasKilled, program } = await this.#killer.run({
      words: [...bundledThreadsWords, script, this.#torrent, data, state],
      ...{ roots: counted === "all" ? [data, state] : [data], atCall, countRests: true },
      environment: { KILL_REMOVALS: counted === "removals" ? "1" : "0" },
    });
    const filesLeft = this.#filesLeft(data);
    const violations = wasKilled || program.lines.includes("removed") ? [] : [program.tail()];
    violations.push(...(await this.#restore(state, data, filesLeft)));
    return { calls, wasKilled, filesLeft, violations };
  }

  /** The torrent is gone with its files; or it is whole, if it was killed before the removal was on record. */
  async #restore(
    stateDirectory: string,
    data: string,
    filesLeft: number,
  ): Promise<readonly string[]> {
    await using coordinator = await Coordinator.start({
      ...quiet,
      ...{ host: "inline", stateDirectory, port: 0, bind: ["127.0.0.1"] },
    });
    const { torrents, failed } = await coordinator.restore();
    const violations = failed.map(({ error }) => `not restored: ${error.message}`);
    if (!filesBelow(data).includes(foreignFile)) violations.push("a foreign file was removed");
    const [torrent] = torrents;
    if (torrent === undefined) {
      // A removal that takes longer than a second goes on after the restore.
      await until("all files are removed", () => this.#filesLeft(data) === 0);
      if (coordinator.torrents.length > 0) violations.push("it is still in the coordinator");
      return violations;
    }
    await torrent.checked;
    if (filesLeft < fileCount) violations.push(`restored with ${filesLeft} of its files`);
    if (torrent.left > 0) violations.push(`${torrent.left} bytes are to be fetched`);
    return violations;
  }

  #filesLeft(data: string): number {
    return filesBelow(data).filter((path) => path.includes("/file-")).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
