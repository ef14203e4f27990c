// The settings of an engine for the trackers of all public torrents.

import { list, text } from "../gates/gate.ts";
import type { SettingRows } from "./setting-row.ts";

const urls = list(text(String.raw`[\s\S]{0,2048}`, "a URL of 2048 characters at most"), 200);

/** Rows of the engine's settings. */
export const trackerListSettings = {
  trackerList: {
    gate: text(String.raw`[^\0]{1,4096}`, "a path, or an http:// or https:// address"),
    option: {
      name: "tracker-list",
      sign: "F",
      calls: "download seed cat play",
      group: "Peers",
      help: "trackers of every public torrent: a file or an address with a URL a line, read again each hour (none)",
    },
    text: "A list of trackers for every public torrent, behind its own: a file, or an http or https address, with a URL a line, 200 at most; remarks begin with #. It is read again each hour; what cannot be read changes nothing.",
  },
  defaultTrackers: {
    gate: urls,
    default: [],
    isLive: true,
    right: "control",
    text: "Trackers of every public torrent, behind its own.",
  },
  listedTrackers: {
    gate: urls,
    default: [],
    isLive: true,
    right: "library",
    text: "The trackers that `trackerList` has.",
  },
} as const satisfies SettingRows;
