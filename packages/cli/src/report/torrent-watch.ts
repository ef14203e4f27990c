// Keeps what the display needs of one torrent and cannot read off it at any moment.

import { cleanText } from "@troupe/protocol";
import { detailsOf } from "../display/details.ts";
import type { TorrentDetails } from "../display/details.ts";
import type { TorrentEventOf, TorrentPort } from "../engine-port.ts";
import type { TorrentView } from "../display/torrent-view.ts";

const longestName = 200;

/** Watches one torrent from now on. */
export class TorrentWatch {
  /** Clean, with the label before it. */
  readonly name: string;
  readonly torrent: TorrentPort;
  #checking: TorrentEventOf<"checking"> | undefined;
  /** The first figures of the check, and when they came. */
  #checkBegan: { readonly done: number; readonly atMs: number } | undefined;
  #fault: string | undefined;
  #details: TorrentDetails | undefined;
  #isAsking = false;
  readonly #nowMs: () => number;

  /** @param nowMs Monotonic. */
  constructor(torrent: TorrentPort, nowMs: () => number, label?: string) {
    this.torrent = torrent;
    this.#nowMs = nowMs;
    const name = cleanText(torrent.name, longestName);
    this.name = label === undefined ? name : `${label}: ${name}`;
    torrent.on("checking", (checking) => {
      this.#checking = checking;
      this.#checkBegan ??= { done: checking.done, atMs: nowMs() };
    });
    torrent.on("error", ({ message }) => {
      this.#fault = cleanText(message, longestName);
    });
  }

  /** Asks for pieces, peers and trackers. Nobody waits for the answer: it shows in a later view. */
  async look(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      this.#details = detailsOf(await this.torrent.status());
    } catch {
      // Removed, or its engine is gone: what was seen last stands until somebody knows better.
    } finally {
      this.#isAsking = false;
    }
  }

  /** The torrent as it is now. */
  view(): TorrentView {
    const { torrent } = this;
    return {
      name: this.name,
      state: torrent.state,
      lengthBytes: torrent.size,
      progress: torrent.progress,
      checking: this.#checkNow(),
      isComplete: torrent.isComplete,
      fault: this.#fault,
      details: this.#details,
    };
  }

  #checkNow(): TorrentView["checking"] {
    const [checking, began] = [this.#checking, this.#checkBegan];
    if (checking === undefined || began === undefined) return undefined;
    const { done, total } = checking;
    const seconds = (this.#nowMs() - began.atMs) / 1000;
    if (done <= began.done || seconds < 1) return { done, total };
    return { done, total, etaSeconds: ((total - done) * seconds) / (done - began.done) };
  }
}
