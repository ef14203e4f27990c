// The settings of a torrent for its files: where they lie, which are wanted, and what is checked.

import { flag, list, text } from "../gates/gate.ts";
import type { SettingRows } from "./setting-row.ts";
import { folder } from "./shared-gates.ts";

/** Each is matched against each file of a torrent. */
const mostGlobs = 100;

/** Rows of a torrent's settings. */
export const fileSettings = {
  incompleteDirectory: {
    gate: folder,
    option: {
      name: "incomplete-dir",
      calls: "download",
      group: "Sources and files",
      help: "where the data lies until the torrent is complete; then it moves to --dir (--dir)",
    },
    text: "The folder of the data until the torrent is complete, which then moves to `directory`. A torrent of an earlier run goes on where it lies, and one of whose files lie in `directory` stays there. Only of downloads. The coordinator's value holds for each torrent without one of its own.",
  },
  moveTo: {
    gate: folder,
    isLive: true,
    option: {
      name: "move-to",
      calls: "download",
      group: "Sources and files",
      help: "where the data moves when the torrent is complete (it stays)",
    },
    text: "The folder that the torrent moves to when it is complete, as by `Torrent.move`; then the setting ends. A complete torrent that runs moves when it is set. Until the move files of other torrents and programs are never written to (`foreign-file`). It comes before `directory` as the end of a torrent with an `incompleteDirectory`. A move that fails is the warning `move-failed`, and the next start tries again. The coordinator's value holds for torrents that are added without one of their own.",
  },
  checkAtCompletion: {
    gate: flag,
    default: false,
    isLive: true,
    by: "control",
    option: {
      name: "check-at-end",
      calls: "download",
      group: "Sources and files",
      help: "hash all pieces from the disk once more when the last has arrived, and fetch wrong ones again",
    },
    text: "True hashes all pieces from the disk when the last has arrived. Wrong pieces are downloaded again, and only then is the torrent reported complete. The coordinator's value holds for each torrent without one of its own.",
  },
  exclude: {
    gate: list(text(String.raw`[^\0]{1,512}`, "a glob of 512 characters at most"), mostGlobs),
    default: [],
    by: "control",
    option: {
      name: "exclude",
      sign: "GLOB",
      calls: "download seed",
      group: "Sources and files",
      help: "files that are not wanted unless --select or --priority names them, repeatable: *.nfo, Sample/** (none)",
    },
    text: "Globs of files that are not wanted: they get the priority 0 when the torrent is added, those of a magnet when its files are known. `priorities` come first. A glob without `/` is matched against the name of a file, another against its path in the torrent, with and without the torrent's folder, whatever `layout` and `renames` are. Case counts, but on macOS and Windows. The coordinator's value holds for each torrent without one of its own.",
  },
} as const satisfies SettingRows;
