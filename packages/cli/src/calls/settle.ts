// Waiting for a torrent or for the user, whichever comes first.

import { CommandError } from "../failure.ts";
import type { TorrentPort } from "../engine-port.ts";

/** Resolves when the user asks to stop. */
export function stopAsked(stop: AbortSignal): Promise<"stopped"> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve("stopped");
    stop.addEventListener("abort", () => resolve("stopped"), { once: true });
  });
}

/** Rejects with the torrent's error, as soon as there is one; never resolves. Nobody has to await it. */
export function torrentFell(torrent: TorrentPort): Promise<never> {
  const fell = new Promise<never>((_resolve, reject) => {
    torrent.on("error", ({ code, message }) => reject(new CommandError(code, message)));
  });
  fell.catch(() => undefined);
  return fell;
}
