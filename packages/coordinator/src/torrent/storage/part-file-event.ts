import type { PartFileLayout } from "@troupe/messages";
import type { TorrentJob } from "../torrent-job.ts";

/** Reports which files live in the part file, if that has changed. @param partFile Undefined when it is empty. */
export function reportPartFile(
  { outbox, storage }: Pick<TorrentJob, "outbox" | "storage">,
  partFile: PartFileLayout | undefined,
): void {
  const files = partFile?.files ?? [];
  const known = storage.inPartFile;
  if (files.length === known.length && files.every((file, at) => file === known[at])) return;
  storage.inPartFile = files;
  outbox.emit({ event: "part-file", files });
}
