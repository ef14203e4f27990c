import { asFault } from "@troupe/actor-runtime";
import type { GoalAction } from "@troupe/messages";
import type { TorrentProxy } from "../torrent-proxy.ts";

/**
 * The engine has stopped or paused the torrent, or has it super-seed: its wish, lock and settings follow, and a torrent
 * that is to be removed is removed here. A removal that fails is a warning of the torrent.
 */
export function actAtGoal(
  torrent: Pick<TorrentProxy, "pause" | "receive" | "remove" | "settings" | "stop">,
  action: GoalAction,
): void {
  switch (action) {
    case "pause":
      return torrent.pause();
    case "super-seed":
      return torrent.settings.set({ superSeed: true });
    case "stop":
      void torrent.stop().catch(() => undefined);
      return;
    case "remove":
    case "remove-with-files":
      torrent
        .remove(action === "remove" ? "torrent" : "torrent-and-files")
        .catch((error: unknown) => {
          const { code, message } = asFault(error);
          torrent.receive({ event: "warning", code, message });
        });
  }
}
