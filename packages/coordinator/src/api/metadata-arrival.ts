// The metadata of a magnet comes: the torrent gets its .torrent, its files and their priorities, and continues.

import { join } from "node:path";
import { isGone } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import {
  countFiles,
  type CallRefusal,
  type TorrentEvent,
  type TorrentId,
  type TorrentInfo,
} from "@troupe/messages";
import { settlesWithin } from "@troupe/actor-runtime";
import { prioritiesOf } from "./options/priority-choice.ts";
import { refusalError } from "./refusal-error.ts";
import { TorrentProgressView } from "./torrent-progress.ts";
import type { TorrentPromises } from "./torrent-promises.ts";
import type { MetadataEvent, TorrentServices } from "./torrent-services.ts";

type Arrival = Extract<TorrentEvent, { readonly event: "metadata" }>;

/** A state folder that does not answer delays the download no longer. */
const savedWithinMs = 5_000;
/** For a busy engine. */
const deadline = { deadlineMs: 30_000 };

/** A magnet, as its metadata changes it. */
interface Magnet {
  readonly id: TorrentId;
  readonly promises: TorrentPromises;
  info: TorrentInfo;
  figures: TorrentProgressView;
  services: TorrentServices;
  stop(): Promise<void>;
  receive(event: TorrentEvent): void;
}

/** @throws TroupeError `metadata-unknown` for an action on the files of a magnet. */
export function refuseUnknown({ hasMetadata, name }: TorrentInfo, action: string): void {
  if (hasMetadata) return;
  const message = `cannot ${action} ${name}: its files are not known yet; await its metadata first`;
  throw new TroupeError("metadata-unknown", message);
}

/**
 * Gives a magnet its .torrent, saves it, and has the engine open the files. The event comes again after a stop, until the
 * engine has the priorities.
 *
 * @param emit Gets the event for the user: a listener can set priorities before the first request.
 * @throws rejects with `option-out-of-range` for priorities that do not fit the files, the error of the user's function, or
 *   the refusal of the engine.
 */
export async function receiveMetadata(
  torrent: Magnet,
  arrival: Arrival,
  emit: (event: MetadataEvent) => void,
): Promise<void> {
  if (torrent.promises.areOver) return;
  if (!torrent.info.hasMetadata) emit(becomeKnown(torrent, arrival));
  torrent.promises.metadataKnown();
  if (torrent.services.request.mode === "metadata-only") await torrent.stop();
  else await acceptMetadata(torrent);
}

/** A failure changes nothing. @returns The event for the user. */
function becomeKnown(torrent: Magnet, { metainfo, info }: Arrival): MetadataEvent {
  const { services } = torrent;
  const { directory } = services.request;
  const files = new TorrentProgressView(info).files((path) => join(directory, path));
  const priorities = prioritiesOf(services.priorities, files);
  torrent.info = info;
  torrent.figures = new TorrentProgressView(info, priorities);
  torrent.services = services.servicesWith(metainfo);
  const { name, pieces } = info;
  const size = torrent.figures.sizeBytes;
  return { event: "metadata", name, size, pieces, files: countFiles(info.files) };
}

/** A new engine gets the .torrent by `add-torrent` instead. */
async function acceptMetadata(torrent: Magnet): Promise<void> {
  const { id, services } = torrent;
  if (!(await settlesWithin(services.timers, savedWithinMs, services.saveTorrent()))) {
    const message = "the .torrent of the magnet is not saved yet: the disk does not answer";
    torrent.receive({ event: "warning", code: "state-not-kept", message });
  }
  const answered = services.untilAnswered(async (): Promise<Partial<CallRefusal>> => {
    if (torrent.id !== id) return {};
    const { priorities } = torrent.figures;
    return await services.engine.call("accept-metadata", { torrent: id, priorities }, deadline);
  });
  const { refused, message } = await answered.catch((error: unknown): Partial<CallRefusal> => {
    // The coordinator was closed.
    if (isGone(error)) return {};
    throw error;
  });
  // Removed meanwhile.
  if (refused === "no-torrent") return;
  if (refused !== undefined)
    throw refusalError({ refused, ...(message !== undefined && { message }) });
}
