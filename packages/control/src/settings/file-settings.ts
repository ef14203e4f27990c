// The settings of a torrent for its files: where they lie, which are wanted, and what is checked.

import { flag, list, text } from "../gates/gate.ts";
import type { SettingRows } from "./setting-row.ts";
import { folder } from "./shared-gates.ts";

/** Each glob is matched against each file of a torrent. */
const mostGlobs = 100;

/** Each sign `*`, `{` or `,` of a glob may be one more step of each character that is matched. Further ones are refused. */
const glob = text(
  String.raw`(?=[^\0]{1,512}$)(?:[^*{,]*[*{,]){0,32}[^*{,]*`,
  "a glob of 512 characters at most, 32 of them * { or ,",
);

/** Rows of a torrent's settings. */
export const fileSettings = {
  incompleteDirectory: {
    gate: folder,
    right: "control",
    option: {
      name: "incomplete-dir",
      calls: "download",
      group: "Sources and files",
      help: "where the data lies until the torrent is complete; then it moves to --dir (--dir)",
    },
    text: "The folder of the data until the torrent is complete; then the torrent moves to `moveTo`, else to `directory`. A torrent that an earlier run has begun there, or with the same final folder, stays in its folder. A torrent whose files lie in the final folder already stays there, except with the layout `no-folder`. Only downloads use this setting. The coordinator's value holds for each torrent without one of its own.",
  },
  moveTo: {
    gate: folder,
    isLive: true,
    right: "control",
    option: {
      name: "move-to",
      calls: "download",
      group: "Sources and files",
      help: "where the data moves when the torrent is complete (it stays)",
    },
    text: "The folder that the torrent moves to when it is complete, as by `Torrent.move`; then the setting ends. A complete torrent that runs moves when the setting is set. Until the move the engine never writes to a file that another torrent or program has made (`foreign-file`). A torrent with an `incompleteDirectory` moves to this folder in place of `directory`. A move that fails gives the warning `move-failed`, and the next start tries again. The coordinator's value holds for torrents that are added without one of their own.",
  },
  checkAtCompletion: {
    gate: flag,
    default: false,
    isLive: true,
    right: "control",
    option: {
      name: "check-at-end",
      calls: "download",
      group: "Sources and files",
      help: "hash all pieces from the disk when the last piece is written, and fetch wrong pieces again",
    },
    text: "True hashes all pieces from the disk when the last piece has been written. Wrong pieces are downloaded again before the torrent is reported complete. The coordinator's value holds for each torrent without one of its own.",
  },
  executables: {
    gate: flag,
    default: false,
    isLive: true,
    right: "control",
    option: {
      name: "executables",
      calls: "download",
      group: "Sources and files",
      help: "files that the torrent marks as executable can be run when the torrent is complete (BEP 47)",
    },
    text: "True lets everybody who may read a file run it, if the torrent marks the file as executable (BEP 47). It happens when the torrent is complete, at a start too. Files of other users, files with other names (hard links) and files that another program has made keep their mode. The coordinator's value holds for each torrent without one of its own.",
  },
  symlinks: {
    gate: flag,
    default: false,
    isLive: true,
    right: "control",
    option: {
      name: "symlinks",
      calls: "download",
      group: "Sources and files",
      help: "make the symbolic links of the torrent, which lead to its own files alone (BEP 47); without this option they are empty files",
    },
    text: "True makes the symbolic links of a torrent (BEP 47) when it is complete, at a start too. A link leads to a file or folder of the torrent by a relative path, through no other link; a link that would lead elsewhere is an empty file, as all links are by default. A link takes no name that exists, and nothing is written through it. The coordinator's value holds for each torrent without one of its own.",
  },
  exclude: {
    gate: list(glob, mostGlobs),
    default: [],
    right: "control",
    option: {
      name: "exclude",
      sign: "GLOB",
      calls: "download seed",
      group: "Sources and files",
      help: "files that are not wanted unless --select or --priority names them, repeatable: *.nfo, Sample/** (none)",
    },
    text: "Globs of files that are not wanted: the files get the priority 0 when the torrent is added, or when the files of a magnet are known. `priorities` come first. `*` stands for any characters of a name, `?` for one, `[a-z]` and `[!a-z]` for one of these or of the others, `{a,b}` for one of several texts, and the part `**` of a path for any number of folders; none of them for a dot at the beginning of a name. A glob without `/` is matched against the name of a file. A glob with `/` is matched against its path in the torrent, with and without the torrent's folder, whatever `layout` and `renames` are. Case counts, except on macOS and Windows. The coordinator's value holds for each torrent without one of its own.",
  },
} as const satisfies SettingRows;
