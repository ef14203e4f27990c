// The metadata of a magnet comes: the torrent gets its .torrent, its files and their priorities, and continues.

import { join } from "node:path";
import { TroupeError } from "@troupe/control";
import { countFiles, type TorrentEvent, type TorrentId, type TorrentInfo } from "@troupe/messages";
import { eventLoopTurn } from "@troupe/actor-runtime";
import type { Arrival } from "./life/arrival.ts";
import { prioritiesOf, warnOfNothingWanted } from "./options/priority-choice.ts";
import type { LiveSettings } from "./live-settings.ts";
import { TorrentProgressView } from "./torrent-progress.ts";
import type { TorrentPromises } from "./torrent-promises.ts";
import type { MetadataEvent, TorrentServices } from "./torrent-services.ts";

type ArrivalEvent = Extract<TorrentEvent, { readonly event: "metadata" }>;

/** A magnet, as its metadata changes it. */
interface Magnet {
  readonly id: TorrentId;
  readonly promises: TorrentPromises;
  readonly arrival: Pick<Arrival, "joinFiles">;
  info: TorrentInfo;
  figures: TorrentProgressView;
  services: TorrentServices;
  readonly priorities: readonly number[];
  readonly settings: Pick<LiveSettings, "values">;
  receive(event: TorrentEvent): void;
  stop(): Promise<void>;
}

/** @throws TroupeError `metadata-unknown` for an action on the files of a magnet. */
export function refuseUnknown({ hasMetadata, name }: TorrentInfo, action: string): void {
  if (hasMetadata) return;
  const message = `cannot ${action} ${name}: its files are not known yet; await its metadata first`;
  throw new TroupeError("metadata-unknown", message);
}

/**
 * Gives a magnet its files, and tells the engine that the program has handled the event. The event comes again after a
 * stop, until the torrent has its content in the engine.
 *
 * @param emit Gets the event for the user: a listener can set priorities before the first request.
 * @throws rejects with `already-running` for a job that another program runs under its other hash, `option-out-of-range` for priorities that do not fit the files, or the error of the user's
 *   function.
 */
export async function receiveMetadata(
  torrent: Magnet,
  arrival: ArrivalEvent,
  emit: (event: MetadataEvent) => void,
): Promise<void> {
  const { id, promises, services } = torrent;
  if (promises.areOver) return;
  const named = services.servicesNamed(arrival.info.infoHashes);
  if (named !== services) {
    // Another program may run the torrent under its other hash.
    torrent.services = named;
    await named.lock.take();
    if (torrent.id !== id || promises.areOver) return;
  }
  const stops = !torrent.info.hasMetadata && torrent.settings.values.stopAt === "metadata";
  if (!torrent.info.hasMetadata) emit(becomeKnown(torrent, arrival));
  promises.metadataKnown();
  // The engine has stopped the torrent; the wish follows.
  if (torrent.services.request.mode === "metadata-only") return await torrent.stop();
  if (stops) await torrent.stop();
  // Code that awaits the event or the promise runs within this turn.
  await eventLoopTurn();
  // A new engine gets the .torrent and the priorities by `add-torrent` instead.
  if (torrent.id !== id || promises.areOver || (await torrent.arrival.joinFiles())) return;
  const { priorities } = torrent.figures;
  torrent.services.engine.cast("accept-metadata", { torrent: id, priorities });
}

/** A failure changes nothing. @returns The event for the user. */
function becomeKnown(torrent: Magnet, { metainfo, info }: ArrivalEvent): MetadataEvent {
  const { services } = torrent;
  const { directory } = services.request;
  const names = torrent.settings.values;
  const files = new TorrentProgressView(info, undefined, names).files((path) =>
    join(directory, path),
  );
  const priorities = prioritiesOf(services.priorities, files);
  torrent.info = info;
  torrent.figures = new TorrentProgressView(info, priorities, names);
  torrent.services = services.servicesWith(metainfo);
  torrent.services.namesLearned();
  if (typeof services.priorities === "function") warnOfNothingWanted(torrent);
  const { name, pieces } = info;
  const size = torrent.figures.sizeBytes;
  return { event: "metadata", name, size, pieces, files: countFiles(info.files) };
}
