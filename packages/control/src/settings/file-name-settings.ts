// The settings of a torrent that name its files on the disk.

import { list, record, text, word } from "../gates/gate.ts";
import type { SettingRows } from "./setting-row.ts";

const contentLayouts = ["own", "folder", "no-folder"] as const;

/**
 * The folder around the files of a torrent. `own`: as the torrent has it. `folder`: also a single file lies in a folder.
 * `no-folder`: the files lie without the torrent's folder, directly in the data folder.
 */
export type ContentLayout = (typeof contentLayouts)[number];

const renamedPath = text(String.raw`[\s\S]{1,3072}`, "a path of 3072 characters at most");

/** A new path, below the data folder, of a file or of a folder with all its files. */
export interface FileRename {
  /** The path after the layout and the earlier renames, parts joined by `/`. */
  readonly from: string;
  readonly to: string;
}

/** Rows of a torrent's settings. They are recorded when a torrent is added, and stay in force in its data folder. */
export const fileNameSettings = {
  layout: {
    gate: word(...contentLayouts),
    default: "own",
    right: "control",
    type: "ContentLayout",
    option: {
      name: "layout",
      calls: "download seed check cat play",
      group: "Sources and files",
      help: "the folder around the files: own, as the torrent has it; folder, also around a single file; no-folder, none (own)",
    },
    text: "The folder around the files. `own`: as the torrent has it. `folder`: a single file gets a folder of its name without the extension. `no-folder`: the files of a torrent lie directly in the data folder, and the engine never writes to a file there that another torrent or program has made (`foreign-file`). A torrent that is on record for its data folder keeps its layout.",
  },
  partSuffix: {
    gate: text(String.raw`\.[\w!~+-]{1,15}`, "a dot and 1 to 15 letters, digits or _ ! ~ + -"),
    right: "control",
    option: {
      name: "part-suffix",
      sign: "S",
      calls: "download seed check cat play",
      group: "Sources and files",
      help: "give unfinished files S behind their names, such as .part (none)",
    },
    text: "The suffix of each file until all its pieces are written, such as `.part` or `.!qB`. Then the file gets its name, before the torrent is reported complete. A torrent that is on record for its data folder keeps its suffix. By default files have no suffix.",
  },
  renames: {
    gate: list(record({ from: renamedPath, to: renamedPath }, ["from", "to"]), 2_000),
    default: [],
    right: "control",
    type: "readonly FileRename[]",
    option: {
      name: "rename",
      sign: "OLD=NEW",
      takes: "two paths like Album/01.mp3=Album/one.mp3",
      calls: "download seed check cat play",
      group: "Sources and files",
      help: "give the file or folder OLD of the torrent the path NEW below the data folder, repeatable",
    },
    text: "New paths of files and folders, in order. `from` is the path after the layout and the earlier renames, `to` the new path below the data folder. `Torrent.rename` adds to them. A torrent that is on record for its data folder keeps its renames; new ones come after them.",
  },
} as const satisfies SettingRows;
