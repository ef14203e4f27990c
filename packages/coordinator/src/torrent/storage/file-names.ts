// The paths of a torrent's files on the disk: the base paths, by its .torrent and its layout, and then its renames.

import type { StoredFile } from "@troupe/messages";
import {
  basePaths,
  renamedFiles,
  type refuseRenames,
  type RenamedFile,
} from "../../file-renames.ts";
import type { JobWithContent } from "../torrent-job.ts";

/** The rules for the new paths of renamed files. */
export function nameLimitsOf({
  names,
  settings,
}: JobWithContent["request"]): Parameters<typeof refuseRenames>[2] {
  return { rule: names, suffix: settings.partSuffix };
}

/** The renamed files. */
export function renamesOf({
  content,
  request,
}: Pick<JobWithContent, "content" | "request">): ReadonlyMap<number, RenamedFile> {
  const { renames = [] } = request.settings;
  return renames.length === 0
    ? noRenames
    : renamedFiles(basePaths(content.metainfo.files), renames);
}

const noRenames: ReadonlyMap<number, RenamedFile> = new Map();

/** The files as the file-worker gets them: a renamed file may still lie at an earlier path. */
export function storedFilesOf(
  job: Pick<JobWithContent, "content" | "request">,
): readonly StoredFile[] {
  const { files } = job.content.metainfo;
  const renamed = renamesOf(job);
  if (renamed.size === 0) return files;
  return files.map((file, index) => {
    const found = renamed.get(index);
    if (found === undefined) return file;
    const others = file.otherPaths?.filter(({ use }) => use !== "twin") ?? [];
    const earlier = [
      ...found.earlier.map((path) => path.split("/")),
      ...others.map(({ path }) => path),
    ];
    return {
      ...file,
      path: found.path.split("/"),
      otherPaths: earlier.map((path) => ({ use: "earlier", path })),
    };
  });
}
