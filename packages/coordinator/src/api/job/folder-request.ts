import type { AddTorrent, EngineOptions } from "@troupe/messages";
import { addRequest, withRecordedNames } from "../options/add-options.ts";
import type { AddOptions } from "../options/generated/torrent-options.ts";
import { fileNamesOf } from "./file-name-settings.ts";
import type { JobFolder } from "./job-folder.ts";

/** The request of a job in a folder of its own: its record, and the options of the program. */
export function folderRequest(
  { source, home, isNew, directory, record }: JobFolder,
  chosen: AddOptions,
  engine: EngineOptions,
): { readonly added: AddTorrent; readonly options: AddOptions } {
  const { dates, priorities, settings = engine.fileNames } = record ?? {};
  const options = { ...(priorities && { priorities }), ...chosen, directory };
  const asked = addRequest(source, options, engine, home, settings);
  const request = withRecordedNames(asked, record && fileNamesOf(record.settings));
  const hasRunBefore = !isNew && source.kind === "metainfo";
  return { added: { ...request, hasRunBefore, ...(dates && { dates }) }, options };
}
