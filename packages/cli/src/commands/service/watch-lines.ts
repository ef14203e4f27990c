// The lines of `troupe watch --json`.

import type { Environment } from "../../environment.ts";
import { jsonLine } from "../../output/json-line.ts";
import type { CallReporter } from "../../report/lines-reporter.ts";
import type { RowChange } from "../../service-client/row-follower.ts";
import type { TorrentRow } from "../../service-client/service-port.ts";
import { torrentLine } from "./service-run.ts";

/** Bytes that wait for a slow reader; beyond them a torrent waits with its latest row. */
const mostWaitingBytes: number = 1_024 ** 2;

/** Writes changes as lines. A slow reader gets the latest row of each torrent. */
export class WatchLines {
  readonly #reporter: CallReporter;
  readonly #stdout: Environment["stdout"];
  /** By info-hash; undefined: the torrent is gone. */
  readonly #waiting = new Map<string, TorrentRow | undefined>();

  constructor(reporter: CallReporter, { stdout }: Pick<Environment, "stdout">) {
    this.#reporter = reporter;
    this.#stdout = stdout;
  }

  /** Takes changes, and writes them if the reader has room. */
  take({ rows, removed }: RowChange): void {
    for (const { torrent } of removed) this.#waiting.set(torrent, undefined);
    for (const row of rows) this.#waiting.set(row.torrent, row);
    this.write();
  }

  /** Writes what waits, as far as the reader has room. */
  write(): void {
    for (const [torrent, row] of this.#waiting) {
      if (this.#stdout.writableLength >= mostWaitingBytes) return;
      this.#waiting.delete(torrent);
      const line = row === undefined ? jsonLine("removed", torrent, {}) : torrentLine(row);
      this.#reporter.result({ text: torrent, line });
    }
  }
}
