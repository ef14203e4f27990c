import type { TorrentEvent } from "@troupe/messages";
import type { TorrentProgressView } from "../torrent-progress.ts";
import type { TorrentPromises } from "../torrent-promises.ts";

/** Events that the torrent of the user's thread mirrors. */
export type MirroredEvent = Exclude<TorrentEvent, { readonly event: "metadata" | "pieces-had" }>;

/** Mirrors the figures of an event. @returns The event for the user. */
export function mirrorFigures(
  {
    figures,
    promises,
  }: { readonly figures: TorrentProgressView; readonly promises: TorrentPromises },
  event: MirroredEvent,
): MirroredEvent {
  switch (event.event) {
    case "progress": {
      const { event: name, ...progress } = event;
      return { event: name, ...figures.update(progress) };
    }
    case "piece":
      if (event.verified) figures.addPieces([event.index]);
      else figures.dropPiece(event.index);
      if (!event.verified && !figures.isComplete) promises.reopen();
      return event;
    case "part-file":
      figures.setPartFile(event.files);
      return event;
    case "checked":
      promises.check(figures.check(event.bitfield), event.isGoingOn);
      if (!figures.isComplete) promises.reopen();
      return event;
    default:
      return event;
  }
}
