import type { OpenWebSeed } from "@troupe/messages";

import type { PeerWorker } from "../peer-worker.ts";

/** Answered by `web-seed-closed`. */
export function openWebSeed(worker: PeerWorker, { torrent, seed }: OpenWebSeed): void {
  const message = "the web seed cannot be opened: the torrent is closed";
  worker.notices.emit("web-seed-closed", { torrent, seed, code: "torrent-closed", message });
}
