import type { TorrentEvent } from "@troupe/messages";
import type { TorrentProgressView } from "../torrent-progress.ts";
import type { TorrentPromises } from "../torrent-promises.ts";

/** Events that the torrent of the user's thread mirrors. */
export type MirroredEvent = Exclude<
  TorrentEvent,
  {
    readonly event:
      | "metadata"
      | "pieces-had"
      | "reader-ready"
      | "sources-taken"
      | "torrent-saved"
      | "wire-traced";
  }
>;

const figureEvents = ["checked", "files-placed", "hash-checked", "part-file"] as const;

/** An event that changes the figures of a torrent, and is no event of users. */
type FigureEvent = Extract<MirroredEvent, { readonly event: (typeof figureEvents)[number] }>;

/** Tells these events from the others. */
export function isForFigures(event: MirroredEvent): event is FigureEvent {
  return figureEvents.some((name) => name === event.event);
}

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
    case "files-placed":
    case "part-file":
      figures.noteFiles(event);
      return event;
    case "checked":
      promises.check(figures.check(event.bitfield), event.isGoingOn);
      if (!figures.isComplete) promises.reopen();
      return event;
    default:
      return event;
  }
}
