// The state of Transmission 2.2 to 4: resume/<name>.resume beside torrents/<name>.torrent.

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "@troupe/actor-runtime";
import type { BencodeValue } from "@troupe/protocol/bencode";
import {
  countBits,
  decodeBitfield,
  fullBitfield,
  nextUnsetBit,
  setBit,
} from "@troupe/protocol/peer";
import type { Metainfo } from "@troupe/protocol/metainfo";
import { bitfieldBytes } from "@troupe/messages";
import {
  countIn,
  datesIn,
  listIn,
  numberIn,
  numberOf,
  pathsIn,
  present,
  readClientFile,
  readTorrentFile,
  textIn,
  textOf,
  unlessEqual,
  type Fields,
} from "./client-fields.ts";
import { processOn } from "./client-life.ts";
import { renamesTo } from "./moved-names.ts";
import { malformed, type OpenState, type OtherTorrent, type Vouching } from "./other-torrent.ts";

const torrentEnding = ".torrent";
/** Transmission counts what it has in blocks of this size. */
const blockBytes = 16_384;
/** The suffix of unfinished files, unless `rename-partial-files` is off. */
const partSuffix = ".part";
/** Modes of a goal: that of the session, that of the torrent, none. */
const ownGoal = 1;
const noGoal = 2;

/** Opens a configuration folder of Transmission. */
export const openTransmission: OpenState = async (folder) => {
  const names = await readdir(join(folder, "torrents")).catch(() => undefined);
  const resumes = await readdir(join(folder, "resume")).catch(() => undefined);
  if (names === undefined || resumes === undefined) return undefined;
  const hasSuffix = await renamesPartialFiles(folder);
  return {
    client: "transmission",
    names: names
      .filter((name) => name.endsWith(torrentEnding))
      .map((name) => name.slice(0, -torrentEnding.length))
      .toSorted(),
    read: async (name) => await readTransmission(folder, name, hasSuffix),
    signOfLife: async () => {
      const variable = "TRANSMISSION_HOME";
      const program = { program: "transmission-", options: ["-g", "--config-dir"], variable };
      const pid = await processOn(folder, program);
      return pid === undefined ? undefined : `the process ${pid} runs on this folder`;
    },
  };
};

/** By the settings of the session. */
async function renamesPartialFiles(folder: string): Promise<boolean> {
  try {
    const text = await readFile(join(folder, "settings.json"), "utf8");
    const settings = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return settings["rename-partial-files"] !== false;
  } catch {
    return true;
  }
}

async function readTransmission(
  folder: string,
  name: string,
  hasSuffix: boolean,
): Promise<OtherTorrent> {
  const path = join(folder, "resume", `${name}.resume`);
  const { fields, savedAtNs } = await readClientFile(path);
  const torrent = await readTorrentFile(join(folder, "torrents", name + torrentEnding));
  const { content } = torrent;
  const destination = textIn(fields, "destination");
  if (destination === undefined) throw malformed(path, "it names no folder");
  const progress = fields.get("progress");
  const pieces = piecesOf(progress, content);
  const isComplete = countBits(pieces) === content.geometry.pieceCount;
  const incomplete = isComplete ? undefined : textIn(fields, "incomplete-dir");
  const isInIncomplete = incomplete !== undefined && (await hasData(incomplete, content));
  return {
    ...torrent,
    directory: isInIncomplete ? incomplete : destination,
    isStarted: numberIn(fields, "paused") !== 1,
    settings: present({
      ...settingsOf(fields),
      renames: renamesTo(content, pathsIn(fields, "files")),
      ...(isInIncomplete && { moveTo: destination }),
      ...(hasSuffix && !isComplete && { partSuffix }),
    }),
    priorities: prioritiesOf(fields, content),
    counters: {
      downloadedBytes: countIn(fields, "downloaded"),
      uploadedBytes: countIn(fields, "uploaded"),
      failedHashBytes: countIn(fields, "corrupt"),
      seedSeconds: countIn(fields, "seeding-time-seconds"),
      downloadSeconds: countIn(fields, "downloading-time-seconds"),
      activeSeconds:
        countIn(fields, "seeding-time-seconds") + countIn(fields, "downloading-time-seconds"),
    },
    dates: datesIn(fields, "added-date", "done-date", savedAtNs),
    pieces,
    vouching: vouchingOf(progress, savedAtNs),
    leftOut: [],
  };
}

/** A file or folder of the torrent's name, finished or not. */
async function hasData(folder: string, { name }: Metainfo): Promise<boolean> {
  for (const path of [join(folder, name), join(folder, name + partSuffix)]) {
    const found = await stat(path).catch((error: unknown) => {
      if (codeOf(error) === undefined) throw error;
    });
    if (found !== undefined) return true;
  }
  return false;
}

/** A piece is had when all its blocks are. */
function piecesOf(
  progress: BencodeValue | undefined,
  { geometry: { pieceCount, pieceLengthBytes, totalBytes: lengthBytes } }: Metainfo,
): Uint8Array {
  const pieces = new Uint8Array(bitfieldBytes(pieceCount));
  const bytes = progress?.get("blocks")?.string ?? new Uint8Array(0);
  const word = Buffer.from(bytes).toString("latin1");
  if (word === "all") return fullBitfield(pieceCount);
  const blockCount = Math.ceil(lengthBytes / blockBytes);
  if (word === "none" || bytes.length !== bitfieldBytes(blockCount)) return pieces;
  if (pieceLengthBytes % blockBytes !== 0) return pieces;
  const blocks = decodeBitfield(bytes, blockCount);
  const perPiece = pieceLengthBytes / blockBytes;
  for (let piece = 0; piece < pieceCount; piece++) {
    const end = Math.min(blockCount, (piece + 1) * perPiece);
    if (nextUnsetBit(blocks, piece * perPiece, end - 1) === undefined) setBit(pieces, piece);
  }
  return pieces;
}

/**
 * Transmission 4 records the modification time of each file. Earlier versions record when the pieces of a file were last
 * checked: a complete file counts if no check is older than the file.
 */
function vouchingOf(progress: Fields, savedAtNs: bigint): Vouching {
  const times = listIn(progress, "mtimes");
  if (times.length > 0) {
    const agrees: Vouching["agrees"] = (file, mtime) => numberOf(times[file]) === mtime;
    return { savedAtNs, isSampled: false, agrees };
  }
  const checks = listIn(progress, "time-checked").map(oldestCheck);
  const agrees: Vouching["agrees"] = (file, mtime, isComplete) =>
    !isComplete || (checks[file] ?? 0) >= mtime;
  return { savedAtNs, isSampled: true, agrees };
}

/** A moment, or the base of a list of moments of pieces, 0 for a piece that was not checked. */
function oldestCheck(value: BencodeValue): number {
  const [base, ...pieces] = [...value.items()].map((item) => numberOf(item) ?? 0);
  if (base === undefined) return numberOf(value) ?? 0;
  return pieces.reduce(
    (oldest, piece) => Math.min(oldest, piece === 0 ? 0 : base + piece),
    Number.MAX_SAFE_INTEGER,
  );
}

function prioritiesOf(fields: Fields, { files }: Metainfo): readonly number[] | undefined {
  const unwanted = listIn(fields, "dnd").map((value) => numberOf(value) === 1);
  const asked = listIn(fields, "priority").map((value) => numberOf(value) ?? 0);
  const priorities = files.map((_, file) => {
    if (unwanted[file] === true) return 0;
    const priority = asked[file] ?? 0;
    return priority === 0 ? 4 : priority > 0 ? 6 : 2;
  });
  return unlessEqual(priorities);
}

function settingsOf(fields: Fields): Record<string, unknown> {
  const ratio = fields?.get("ratio-limit");
  const idle = fields?.get("idle-limit");
  const ratioMode = numberIn(ratio, "ratio-mode");
  const idleMode = numberIn(idle, "idle-mode");
  const bandwidth = numberIn(fields, "bandwidth-priority") ?? 0;
  const labels = listIn(fields, "labels").map(textOf);
  return {
    ...(labels.length > 0 && { labels }),
    ...(ratioMode === ownGoal && { "goals.ratio": Number(textIn(ratio, "ratio-limit")) }),
    ...(idleMode === ownGoal && { "goals.idleSeconds": countIn(idle, "idle-limit") * 60 }),
    ...(ratioMode === noGoal && idleMode !== ownGoal && { "goals.action": "none" }),
    "limits.down": limitIn(fields?.get("speed-limit-down")),
    "limits.up": limitIn(fields?.get("speed-limit-up")),
    ...(bandwidth !== 0 && { bandwidthPriority: bandwidth > 0 ? "high" : "low" }),
    group: textIn(fields, "group"),
    ...(numberIn(fields, "sequentialDownload") === 1 && { sequential: true }),
  };
}

function limitIn(limit: Fields): number | undefined {
  return numberIn(limit, "use-speed-limit") === 1 ? countIn(limit, "speed-Bps") : undefined;
}
