import { ProtocolError } from "@troupe/protocol/errors";
import { maxMagnetLength } from "@troupe/protocol/magnet";
import { maxTorrentBytes, parseTorrent } from "@troupe/protocol/metainfo";

import { loadSource } from "../../../packages/coordinator/src/api/job/load-metainfo.ts";
import { TroupeError } from "@troupe/control";
import { originOf } from "../../../packages/cli/src/source.ts";
import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { hold, holdTyped } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { urlWords } from "./tracker-url.ts";

/** Input of people in the place of a .torrent file. Addresses of the web are not followed here. */
export const metainfoSource: FuzzTarget = {
  name: "metainfo-source",
  oracle:
    "bytes or a link within the bound, or an error with a code and a sentence: never one of Node's own",
  sources: [
    "coordinator/src/api/job/load-metainfo",
    "coordinator/src/api/job/saved-torrents",
    "protocol/src/units",
    "cli/src/source",
  ],
  seeds: () =>
    [
      "/no/such/file.torrent",
      "file:///no/such",
      "magnet:?xt=urn:btih:0",
      "0".repeat(40),
      "a".repeat(32),
      "file://host/x",
      "package.json",
    ].map(bytesOf),
  mutate: textMutator([
    ...urlWords.filter((word) => !word.toLowerCase().startsWith("http")),
    "magnet:?",
    "xt=urn:btih:",
    "file://",
    "FILE://",
    "\0",
    "%00",
    "%2f",
    "no/such/",
    "A".repeat(40),
  ]),
  maxBytes: 600,
  async run(input) {
    const text = textOf(input);
    originOf(text);
    // Devices are not for tests, and neither is the network.
    if (/^https?:/iu.test(text) || /dev|proc|sys/u.test(text)) return;
    try {
      const loaded = await loadSource(text, { stateDirectory: "/no/such/state" });
      if (loaded.kind === "magnet")
        return hold(loaded.magnet.length <= maxMagnetLength, "longer than allowed");
      const { metainfo } = loaded;
      hold(metainfo.length <= maxTorrentBytes, "larger than allowed");
      parseTorrent(metainfo);
    } catch (error) {
      if (error instanceof TroupeError)
        hold(/^[a-z]+(-[a-z\d]+)+$/u.test(error.code) && error.message.length > 10, "no code");
      else if (error instanceof ProtocolError) holdTyped(error);
      else throw error;
    }
  },
};
