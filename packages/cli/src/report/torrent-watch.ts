// Keeps what the display needs of one torrent and cannot read off it at any moment.

import { cleanText } from "@troupe/protocol";
import type { TorrentEventOf, TorrentPort } from "../engine-port.ts";
import type { TorrentView } from "../display/torrent-view.ts";

const longestName = 200;

/** Watches one torrent from now on. */
export class TorrentWatch {
  /** Clean, with the label before it. */
  readonly name: string;
  readonly torrent: TorrentPort;
  #checking: TorrentEventOf<"checking"> | undefined;
  #fault: string | undefined;

  constructor(torrent: TorrentPort, label?: string) {
    this.torrent = torrent;
    const name = cleanText(torrent.name, longestName);
    this.name = label === undefined ? name : `${label}: ${name}`;
    torrent.on("checking", (checking) => {
      this.#checking = checking;
    });
    torrent.on("error", ({ message }) => {
      this.#fault = cleanText(message, longestName);
    });
  }

  /** The torrent as it is now. */
  view(): TorrentView {
    const { torrent } = this;
    return {
      name: this.name,
      state: torrent.state,
      lengthBytes: torrent.size,
      progress: torrent.progress,
      checking: this.#checking,
      isComplete: torrent.isComplete,
      fault: this.#fault,
    };
  }
}
