import { editTorrent, parseTorrent, type TorrentEdits } from "@troupe/protocol/metainfo";

import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { mutateTorrent, torrentSeeds } from "../engine/torrents.ts";

const url = "http://edited.example/announce";
const edits: TorrentEdits = {
  trackers: { set: [[url]] },
  webSeeds: { set: [url] },
  nodes: { set: [{ host: "edited.example", port: 1 }] },
  comment: "edited",
  similar: { set: ["0123456789abcdef0123456789abcdef01234567"] },
  collections: { set: ["edited"] },
};

/** A torrent that has passed the gate, edited. */
export const editTorrentTarget: FuzzTarget = {
  name: "edit-torrent",
  oracle:
    "what passed the gate is edited, keeps its info dictionary byte for byte, and stays as it is without a change",
  sources: [
    "protocol/src/metainfo/edit-torrent",
    "protocol/src/metainfo/editable-fields",
    "protocol/src/metainfo/splice-dictionary",
    "protocol/src/metainfo/torrent-edits",
  ],
  seeds: torrentSeeds,
  mutate: mutateTorrent,
  run(input) {
    const first = acceptedBy(() => parseTorrent(input));
    if (first === undefined) return;
    hold(sameBytes(editTorrent(input, {}), input), "an edit without a change has other bytes");
    const edited = editTorrent(input, edits);
    const { comment, infoSpan, trackers, webSeeds } = parseTorrent(edited);
    const [was, is] = [first.infoSpan, infoSpan].map(({ end, start }) => end - start);
    hold(was === is, () => `info had ${was} bytes and has ${is}`);
    hold(
      sameBytes(
        edited.subarray(infoSpan.start, infoSpan.end),
        input.subarray(first.infoSpan.start, first.infoSpan.end),
      ),
      "info has other bytes",
    );
    hold(trackers.length === 1 && trackers[0]?.[0] === url, "other trackers");
    hold(webSeeds.length === 1 && webSeeds[0] === url, "other web seeds");
    hold(comment === "edited", "another comment");
    hold(sameBytes(editTorrent(edited, edits), edited), "a second edit has other bytes");
  },
};
