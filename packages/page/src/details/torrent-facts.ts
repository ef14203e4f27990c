// The facts of a torrent, as names and texts.

import type { CommandResults } from "@troupe/control/commands";
import { cleaned, shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";

/** A fact. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  /** The value comes from the torrent or its user: it is in no language of the page. */
  readonly isForeign?: boolean;
}

type Torrent = CommandResults["status"];

/** The facts that are known. */
export function torrentFacts(torrent: Torrent): readonly Fact[] {
  const all = [...sizeFacts(torrent), ...swarmFacts(torrent), ...placeFacts(torrent)];
  return all.filter(({ value }) => value !== "");
}

function sizeFacts(torrent: Torrent): Fact[] {
  const { haveBytes, lifetime, leftBytes, pieceLengthBytes, wantedBytes } = torrent;
  const { details } = texts;
  const received = lifetime?.downloadedBytes ?? torrent.downloadedBytes;
  const sent = lifetime?.uploadedBytes ?? torrent.uploadedBytes;
  const wasted = lifetime?.wastedBytes ?? torrent.wastedBytes;
  const pieces = torrent.hasMetadata
    ? details.piecesOf(
        shown.count(torrent.finishedPieces),
        shown.count(torrent.pieces),
        shown.size(pieceLengthBytes),
      )
    : "";
  const eta = torrent.etaSeconds === undefined ? "" : shown.duration(torrent.etaSeconds);
  return [
    { name: details.size, value: details.sizeOf(shown.size(haveBytes), shown.size(wantedBytes)) },
    { name: details.left, value: leftBytes > 0 ? shown.size(leftBytes) : "" },
    { name: details.eta, value: leftBytes > 0 ? eta : "" },
    { name: details.received, value: shown.size(received) },
    { name: details.sent, value: shown.size(sent) },
    { name: details.ratio, value: received > 0 ? shown.ratio(sent / received) : "" },
    { name: details.wasted, value: wasted > 0 ? shown.size(wasted) : "" },
    { name: details.pieces, value: pieces },
  ];
}

function swarmFacts(torrent: Torrent): Fact[] {
  const { availability, swarmLeechers, swarmSeeds } = torrent;
  const { details } = texts;
  const counts = [swarmSeeds, swarmLeechers].map((count) =>
    count === undefined ? details.unknown : shown.count(count),
  );
  const isCounted = swarmSeeds !== undefined || swarmLeechers !== undefined;
  return [
    { name: details.connected, value: shown.count(torrent.peers) },
    {
      name: details.swarm,
      value: isCounted ? details.swarmOf(counts[0] ?? "", counts[1] ?? "") : "",
    },
    {
      name: details.availability,
      value: availability === undefined ? "" : shown.ratio(availability),
    },
  ];
}

function placeFacts(torrent: Torrent): Fact[] {
  const { activeAt, addedAt, completedAt, directory, group, isPrivate, labels } = torrent;
  const { details } = texts;
  const moment = (ms: number | undefined): string => (ms === undefined ? "" : shown.moment(ms));
  return [
    { name: details.folder, value: cleaned(directory), isForeign: true },
    { name: details.group, value: cleaned(group ?? ""), isForeign: true },
    { name: details.labels, value: cleaned(labels.join(", ")), isForeign: true },
    { name: details.added, value: moment(addedAt) },
    { name: details.completed, value: moment(completedAt) },
    { name: details.active, value: moment(activeAt) },
    { name: details.kind, value: isPrivate ? details.privateTorrent : details.publicTorrent },
    { name: details.hash, value: torrent.torrent, isForeign: true },
    { name: details.magnet, value: cleaned(torrent.magnet), isForeign: true },
  ];
}
