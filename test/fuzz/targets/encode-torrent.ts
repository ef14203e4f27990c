import type { Metainfo, TorrentDescription } from "@troupe/protocol/metainfo";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";

import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { mutateTorrent, torrentSeeds } from "../engine/torrents.ts";

/** A torrent that has passed the gate, written again from what we made of it. */
export const encodeTorrentTarget: FuzzTarget = {
  name: "encode-torrent",
  oracle:
    "what passed the gate in version 1 is written and passes it again with the same names, sizes, hashes, trackers and web seeds",
  sources: [
    "protocol/src/metainfo/encode-torrent",
    "protocol/src/metainfo/safe-path",
    "protocol/src/metainfo/unique-paths",
    "protocol/src/metainfo",
  ],
  seeds: torrentSeeds,
  mutate: mutateTorrent,
  run(input) {
    const first = acceptedBy(() => parseTorrent(input));
    // Version 1 alone is written.
    if (first === undefined || first.trees !== undefined) return;
    const again = parseTorrent(encodeTorrent(describe(first)), { source: "network" });
    const paths = (metainfo: Metainfo): string =>
      JSON.stringify(metainfo.files.map(({ path }) => path));
    if (first.files.every((file) => !file.isPadding)) {
      hold(paths(again) === paths(first), () => `paths change: ${paths(first)}, ${paths(again)}`);
    }
    hold(again.name === first.name, "another name");
    hold(JSON.stringify(again.geometry) === JSON.stringify(first.geometry), "other sizes");
    hold(sameBytes(again.pieceHashes.bytes, first.pieceHashes.bytes), "other hashes");
    hold(JSON.stringify(again.trackers) === JSON.stringify(first.trackers), "other trackers");
    hold(JSON.stringify(again.webSeeds) === JSON.stringify(first.webSeeds), "other web seeds");
    hold(again.isPrivate === first.isPrivate && again.comment === first.comment, "other notes");
    hold(again.creationDate === first.creationDate, "another date");
  },
};

function describe(metainfo: Metainfo): TorrentDescription {
  const {
    name,
    geometry,
    pieceHashes,
    trackers,
    webSeeds,
    isPrivate,
    comment,
    createdBy,
    creationDate,
  } = metainfo;
  const common = {
    name,
    pieceLengthBytes: geometry.pieceLengthBytes,
    pieceHashes: pieceHashes.bytes,
    trackers,
    webSeeds,
    isPrivate,
    ...(comment !== undefined && { comment }),
    ...(createdBy !== undefined && { createdBy }),
    ...(creationDate !== undefined && { creationDate }),
  };
  if (metainfo.isSingleFile) return { ...common, lengthBytes: geometry.totalBytes };
  const files = metainfo.files.map(({ path, lengthBytes }) => {
    const below = path.slice(1);
    return { path: below.length > 0 ? below : ["_"], lengthBytes };
  });
  return { ...common, files };
}
