// The session of rtorrent: <HASH>.torrent, beside it its settings (.rtorrent) and its resume data (.libtorrent_resume).

import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { readdir, readFile } from "node:fs/promises";
import type { BencodeValue } from "@troupe/protocol/bencode";
import { decodeBitfield, fullBitfield } from "@troupe/protocol/peer";
import type { Metainfo } from "@troupe/protocol/metainfo";
import { bitfieldBytes } from "@troupe/messages";
import {
  changedTiers,
  countIn,
  datesIn,
  listIn,
  numberIn,
  numberOf,
  present,
  readClientFile,
  readTorrentFile,
  textIn,
  unlessEqual,
  type Fields,
} from "./client-fields.ts";
import { isAlive } from "./client-life.ts";
import { malformed, type OpenState, type OtherTorrent } from "./other-torrent.ts";

const resumeEnding = ".libtorrent_resume";
const sessionTorrent = /^[0-9A-F]{40}\.torrent$/;
const lockFile = "rtorrent.lock";
/** A list of labels, as Flood and ruTorrent write it. */
const labelSeparator = ",";

/** Opens a session folder of rtorrent. */
export const openRtorrent: OpenState = async (folder) => {
  const files: readonly string[] = await readdir(folder).catch(() => []);
  const names = files.filter((name) => sessionTorrent.test(name)).toSorted();
  const isSession = files.includes(lockFile) || files.includes("rtorrent.input_history");
  if (!isSession && !names.some((name) => files.includes(name + resumeEnding))) return undefined;
  return {
    client: "rtorrent",
    names,
    read: async (name) => await readRtorrent(join(folder, name)),
    signOfLife: async () => await signOfLife(folder),
  };
};

/** The lock names a host and a process. A lock that a killed rtorrent has left is no sign. */
async function signOfLife(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, lockFile), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const [, host = "", pid = ""] = /^(.*):\+(\d+)/.exec(text) ?? [];
  if (host === hostname() && !isAlive(Number(pid))) return undefined;
  return `${lockFile} names the process ${pid || "of an unknown number"} on ${host || "an unknown host"}`;
}

async function readRtorrent(path: string): Promise<OtherTorrent> {
  const torrent = await readTorrentFile(path);
  const { content } = torrent;
  const { fields: own } = await readClientFile(`${path}.rtorrent`);
  const { fields: resume, savedAtNs } = await readClientFile(path + resumeEnding);
  const place = textIn(own, "directory");
  if (place === undefined) throw malformed(path, "it names no folder");
  const files = listIn(resume, "files");
  const times = files.map((file) => numberIn(file, "mtime"));
  const pieces = piecesOf(resume.get("bitfield"), content);
  const hasUncertain = (resume.get("uncertain_pieces")?.string?.length ?? 0) > 0;
  const isNamed = content.isSingleFile || basename(place) === content.name;
  return {
    ...torrent,
    directory: content.isSingleFile ? place : dirname(place),
    isStarted: numberIn(own, "state") === 1,
    settings: present({
      labels: labelsOf(own),
      trackerTiers: changedTiers(tiersOf(resume, content), content),
      ...(!isNamed && { renames: [{ from: content.name, to: basename(place) }] }),
    }),
    priorities: unlessEqual(files.map(priorityOf)),
    counters: {
      downloadedBytes: countIn(own, "total_downloaded"),
      uploadedBytes: countIn(own, "total_uploaded"),
    },
    dates: datesIn(own, "timestamp.started", "timestamp.finished", savedAtNs),
    pieces,
    vouching: {
      savedAtNs,
      isSampled: false,
      // Pieces that were not synced when the session was saved: nothing is believed.
      agrees: (file, mtime) => !hasUncertain && times[file] === mtime,
    },
    leftOut: leftOut(own),
  };
}

/** A bitfield, or a number: that of all pieces, or 0. */
function piecesOf(
  value: BencodeValue | undefined,
  { geometry: { pieceCount } }: Metainfo,
): Uint8Array {
  const none = new Uint8Array(bitfieldBytes(pieceCount));
  const bits = value?.string;
  if (bits === undefined) return numberOf(value) === pieceCount ? fullBitfield(pieceCount) : none;
  return bits.length === none.length ? decodeBitfield(bits, pieceCount) : none;
}

/** 0 off, 1 normal, 2 high. */
function priorityOf(file: Fields): number {
  const priority = numberIn(file, "priority") ?? 1;
  return priority === 0 ? 0 : priority > 1 ? 6 : 4;
}

function labelsOf(own: Fields): readonly string[] | undefined {
  const text = textIn(own, "custom1");
  if (text === undefined) return undefined;
  return decoded(text)
    .split(labelSeparator)
    .map((label) => label.trim())
    .filter((label) => label !== "");
}

/** ruTorrent and Flood encode labels like parts of a URL. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Trackers that are off are left out; those that were added come behind. */
function tiersOf(resume: Fields, { trackers }: Metainfo): readonly (readonly string[])[] {
  const isOff = new Set<string>();
  const added: string[] = [];
  const known = new Set(trackers.flat());
  for (const [name, tracker] of resume?.get("trackers")?.entries() ?? []) {
    const url = Buffer.from(name).toString();
    if (numberIn(tracker, "enabled") === 0) isOff.add(url);
    else if (!known.has(url) && /^(?:https?|udp):\/\//i.test(url)) added.push(url);
  }
  const own = trackers.map((tier) => tier.filter((url) => !isOff.has(url)));
  return [...own.filter((tier) => tier.length > 0), ...added.map((url) => [url])];
}

function leftOut(own: Fields): readonly string[] {
  const throttle = textIn(own, "throttle_name");
  return throttle === undefined ? [] : [`the throttle "${throttle}" is in rtorrent.rc`];
}
