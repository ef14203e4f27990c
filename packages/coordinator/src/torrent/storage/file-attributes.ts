// The links and executable files of a torrent (BEP 47), by the settings `symlinks` and `executables`.

import type { CompleteStorage, OpenStorage } from "@troupe/messages";
import type { Metainfo } from "@troupe/protocol/metainfo";
import type { TorrentContent } from "../torrent-content.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** The links of a torrent; nothing if it has none. */
export function symlinksOf({ files }: Metainfo): Pick<OpenStorage, "symlinks"> {
  const symlinks = files.flatMap(({ link }, file) =>
    link === undefined ? [] : [{ file, target: link.file, levelsUp: link.levelsUp }],
  );
  return symlinks.length === 0 ? {} : { symlinks };
}

/** The links and executable files that the settings ask for, made when the torrent is complete. */
export function attributesToMake(
  job: Pick<TorrentJob, "setting">,
  { metainfo }: Pick<TorrentContent, "metainfo">,
): Pick<CompleteStorage, "makesSymlinks" | "executables"> {
  const executables = job.setting("executables") ? executablesOf(metainfo) : [];
  return {
    ...(job.setting("symlinks") && { makesSymlinks: true }),
    ...(executables.length > 0 && { executables }),
  };
}

function executablesOf({ files }: Metainfo): readonly number[] {
  return files.flatMap(({ isExecutable }, file) => (isExecutable === true ? [file] : []));
}
