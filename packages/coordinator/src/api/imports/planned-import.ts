// The record of a torrent from another client.

import { realpath } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { readValues, torrentSettings, type TorrentSettings } from "@troupe/control";
import { factsOf } from "@troupe/file-worker";
import { zeroCounters, type JobRecord, type Verify } from "@troupe/messages";
import { keysOf } from "@troupe/protocol/identity";
import { basePaths, refuseRenames, renamedFiles } from "../../file-renames.ts";
import { malformed, type OtherTorrent } from "./other-torrent.ts";
import { noPieces, trustFiles, type TrustedFiles } from "./trusted-files.ts";

/** A torrent that can be written into a state folder. */
export interface PlannedImport {
  readonly torrent: OtherTorrent;
  readonly record: JobRecord;
  readonly trusted: TrustedFiles;
  /** Values that Troupe cannot take over, as sentences. */
  readonly leftOut: readonly string[];
}

/** @throws rejects with TroupeError `import-malformed` */
export async function planImport(torrent: OtherTorrent, verify: Verify): Promise<PlannedImport> {
  const { content, counters, dates, priorities } = torrent;
  if (!isAbsolute(torrent.directory))
    throw malformed(torrent.directory, "its data folder is not absolute");
  const { settings, leftOut } = settingsOf(torrent);
  const paths = basePaths(content.files);
  const renamed = renamedFiles(paths, settings.renames);
  const places = paths.map((path, file) => renamed.get(file)?.path ?? path);
  const trusted = await trustFiles({ ...torrent, settings }, places, verify);
  const { facts, had, missingFiles, samples } = trusted;
  const { pieceCount } = content.geometry;
  const record: JobRecord = {
    key: keysOf(content.infoHashes)[0],
    directory: await realpath(torrent.directory).catch(() => torrent.directory),
    settings,
    dates,
    ...(priorities !== undefined && { priorities }),
    isServed: true,
    // A download of everything would follow where a volume is away.
    isStarted: torrent.isStarted && missingFiles === 0,
    counters: { ...zeroCounters, ...counters },
    peers: [],
    isOpenForWriting: false,
    ...{ pieceCount, had, durable: had },
    suspect: noPieces(pieceCount),
    unsampled: samples,
    files: factsOf(facts),
  };
  return { torrent, record, trusted, leftOut: [...torrent.leftOut, ...leftOut] };
}

/** The settings that pass their gates; the others are left out. */
function settingsOf({ content, settings }: OtherTorrent): {
  readonly settings: TorrentSettings;
  readonly leftOut: readonly string[];
} {
  const { values, wrong } = readValues(torrentSettings, settings);
  const leftOut = wrong.map((name) => `${name}: ${JSON.stringify(settings[name]).slice(0, 200)}`);
  const { renames, ...others } = values as TorrentSettings;
  if (renames === undefined || renames.length === 0) return { settings: others, leftOut };
  const refusal = refuseRenames(basePaths(content.files), renames, { suffix: others.partSuffix });
  if (refusal === undefined) return { settings: { ...others, renames }, leftOut };
  return { settings: others, leftOut: [...leftOut, refusal.message] };
}
