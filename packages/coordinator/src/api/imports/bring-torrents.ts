// The import from another client: the client is found, its torrents are read, their files are compared with its resume data,
// and their records are written.

import { resolve } from "node:path";
import { codeOf } from "@troupe/actor-runtime";
import { fileOf, folderOf, refuseUnknownOptions } from "@troupe/api-base";
import { oneOf, TroupeError } from "@troupe/control";
import type { Verify } from "@troupe/messages";
import { countBits } from "@troupe/protocol/peer";
import { cleanText } from "@troupe/protocol/text";
import { ProtocolError } from "@troupe/protocol/errors";
import { keysOf } from "@troupe/protocol/identity";
import { openDeluge } from "./deluge.ts";
import type {
  ImportedTorrent,
  ImportedTorrents,
  ImportTorrentsOptions,
} from "./imported-torrents.ts";
import { planImport, type PlannedImport } from "./planned-import.ts";
import type { OtherState } from "./other-torrent.ts";
import { openQbittorrent } from "./qbittorrent.ts";
import { openRtorrent } from "./rtorrent.ts";
import { StateWriter } from "./state-writer.ts";
import { openTransmission } from "./transmission.ts";

/** Torrents that are read at once: each waits for the disk. */
const torrentsAtOnce = 16;

const openers = [openTransmission, openRtorrent, openQbittorrent, openDeluge];

/** The work of `importTorrents`. */
export async function bringTorrents(
  from: string,
  options: ImportTorrentsOptions,
): Promise<ImportedTorrents> {
  const known = { stateDirectory: true, verify: true, dryRun: true, signal: true } as const;
  refuseUnknownOptions(options, known);
  const { dryRun = false, signal } = options;
  const verify = oneOf("verify", options.verify ?? "sample", ["full", "sample", "none"]);
  const folder = resolve(fileOf("from", from));
  const stateDirectory = folderOf("stateDirectory", options.stateDirectory);
  signal?.throwIfAborted();
  const state = await openState(folder);
  const sign = await state.signOfLife();
  if (sign !== undefined) throw running(state, folder, sign);
  await using writer = await StateWriter.open(stateDirectory, dryRun);
  return { client: state.client, torrents: await importAll(state, writer, verify, signal) };
}

/** All reads and writes have ended when it settles, also when one has failed. @throws rejects with the first failure. */
async function importAll(
  state: OtherState,
  writer: StateWriter,
  verify: Verify,
  signal: AbortSignal | undefined,
): Promise<readonly ImportedTorrent[]> {
  const torrents: ImportedTorrent[] = [];
  const waiting = state.names.entries();
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (const [at, name] of waiting) {
      if (failures.length > 0) return;
      try {
        signal?.throwIfAborted();
        torrents[at] = await importOne(state, name, writer, verify);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: torrentsAtOnce }, work));
  if (failures.length > 0) throw failures[0];
  return torrents;
}

/** @throws rejects with TroupeError `import-not-found`, `import-malformed` */
async function openState(folder: string): Promise<OtherState> {
  for (const open of openers) {
    const state = await open(folder);
    if (state !== undefined) return state;
  }
  const allowed =
    "the configuration folder of Transmission, the session of rtorrent, BT_backup of qBittorrent or the folder state of Deluge is needed";
  const message = `cannot import from "${cleanText(folder, 1_000)}": it has no state of a known client; ${allowed}`;
  throw new TroupeError("import-not-found", message, { details: { folder } });
}

function running({ client }: OtherState, folder: string, sign: string): TroupeError {
  const message = `cannot import from "${cleanText(folder, 1_000)}": ${client} runs, because ${cleanText(sign, 1_000)}; stop it first`;
  return new TroupeError("import-running", message, { details: { folder, client } });
}

/** A torrent that cannot be read fails alone. */
async function importOne(
  state: OtherState,
  name: string,
  writer: StateWriter,
  verify: Verify,
): Promise<ImportedTorrent> {
  try {
    const planned = await planImport(await state.read(name), verify);
    return shownImport(planned, await writer.write(planned));
  } catch (error) {
    const isOfTorrent =
      error instanceof TroupeError || error instanceof ProtocolError || codeOf(error) === "ENOENT";
    if (!isOfTorrent) throw error;
    return failedImport(name, error as Error);
  }
}

function shownImport(
  { torrent, record, trusted, leftOut }: PlannedImport,
  outcome: ImportedTorrent["outcome"],
): ImportedTorrent {
  const { content } = torrent;
  const { had, hashedFiles, missingFiles, samples } = trusted;
  return {
    infoHash: keysOf(content.infoHashes)[0],
    name: content.name,
    directory: record.directory,
    outcome,
    isStarted: record.isStarted,
    labels: record.settings.labels ?? [],
    pieceCount: record.pieceCount,
    hadPieces: countBits(had),
    samples: countBits(samples),
    ...{ hashedFiles, missingFiles, leftOut },
    downloadedBytes: record.counters.downloadedBytes,
    uploadedBytes: record.counters.uploadedBytes,
    settings: Object.keys(record.settings).toSorted(),
  };
}

function failedImport(name: string, error: Error): ImportedTorrent {
  return {
    infoHash: /[0-9a-f]{40}/i.exec(name)?.[0].toLowerCase() ?? cleanText(name, 200),
    ...{ name: "", directory: "", outcome: "failed", isStarted: false, labels: [] },
    ...{ pieceCount: 0, hadPieces: 0, samples: 0, hashedFiles: 0, missingFiles: 0 },
    ...{ downloadedBytes: 0, uploadedBytes: 0, settings: [], leftOut: [], error },
  };
}
