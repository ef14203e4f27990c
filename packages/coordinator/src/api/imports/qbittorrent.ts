// The folder BT_backup of qBittorrent: <hash>.torrent beside <hash>.fastresume.

import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  changedTiers,
  countIn,
  listIn,
  numberIn,
  present,
  readClientFile,
  readTorrentFile,
  textIn,
  textOf,
  type Fields,
} from "./client-fields.ts";
import { isLocked } from "./client-life.ts";
import { mappedNames, rateIn, resumeFacts, tiersIn } from "./libtorrent-resume.ts";
import { renamesTo } from "./moved-names.ts";
import { malformed, type OpenState, type OtherTorrent } from "./other-torrent.ts";

const ending = ".fastresume";
const backup = "BT_backup";
/** The suffix of unfinished files, where the client has one. */
const partSuffix = ".!qB";

/** Opens BT_backup, or a folder or profile above it. */
export const openQbittorrent: OpenState = async (folder) => {
  for (const below of [".", backup, join("data", backup), join("qBittorrent", "data", backup)]) {
    const place = resolve(folder, below);
    if (basename(place) !== backup) continue;
    const files = await readdir(place).catch(() => undefined);
    if (files === undefined) continue;
    const names = files.filter((name) => name.endsWith(ending)).toSorted();
    return {
      client: "qbittorrent",
      names: names.map((name) => name.slice(0, -ending.length)),
      read: async (name) => await readQbittorrent(join(place, name)),
      signOfLife: async () => await signOfLife(place),
    };
  }
  return undefined;
};

/** The lock is in the configuration folder: beside the data of a profile, or in ~/.config. */
async function signOfLife(place: string): Promise<string | undefined> {
  const data = dirname(place);
  const home = dirname(dirname(dirname(data)));
  const folders = [join(dirname(data), "config"), join(home, ".config", "qBittorrent")];
  for (const path of folders.map((folder) => join(folder, "lockfile")))
    if (await isLocked(path)) return `it holds the lock ${path}`;
  return undefined;
}

async function readQbittorrent(path: string): Promise<OtherTorrent> {
  const { fields, savedAtNs } = await readClientFile(path + ending);
  const torrent = await readTorrentFile(`${path}.torrent`);
  const { content } = torrent;
  const directory = textIn(fields, "save_path");
  if (directory === undefined) throw malformed(path + ending, "it names no folder");
  const chosen = textIn(fields, "qBt-savePath");
  const isPaused = numberIn(fields, "paused") === 1;
  const isAutomatic = numberIn(fields, "auto_managed") === 1;
  const names = mappedNames(fields);
  const hasSuffix = names.some((name) => name?.endsWith(partSuffix));
  return {
    ...torrent,
    directory,
    isStarted: !isPaused || isAutomatic,
    settings: present({
      ...settingsOf(fields),
      trackerTiers: changedTiers(tiersIn(fields), content),
      renames: renamesTo(content, names.map(withoutSuffix)),
      ...(hasSuffix && { partSuffix }),
      ...(chosen !== undefined && resolve(chosen) !== resolve(directory) && { moveTo: chosen }),
      ...(!isPaused && !isAutomatic && { forced: true }),
    }),
    ...resumeFacts(fields, content, savedAtNs),
    leftOut: nameLeftOut(fields),
  };
}

function withoutSuffix(name: string | undefined): string | undefined {
  return name?.endsWith(partSuffix) === true ? name.slice(0, -partSuffix.length) : name;
}

function settingsOf(fields: Fields): Record<string, unknown> {
  const ratio = ratioOf(fields);
  const seedMinutes = numberIn(fields, "qBt-seedingTimeLimit") ?? -2;
  const idleMinutes = numberIn(fields, "qBt-inactiveSeedingTimeLimit") ?? -2;
  const labels = [textIn(fields, "qBt-category"), ...listIn(fields, "qBt-tags").map(textOf)];
  const named = labels.filter((label) => label !== undefined && label !== "");
  return {
    ...(named.length > 0 && { labels: [...new Set(named)] }),
    ...(ratio > 0 && { "goals.ratio": ratio }),
    ...(seedMinutes > 0 && { "goals.seedSeconds": seedMinutes * 60 }),
    ...(idleMinutes > 0 && { "goals.idleSeconds": idleMinutes * 60 }),
    ...(ratio === -1 && seedMinutes === -1 && { "goals.action": "none" }),
    "limits.down": rateIn(fields, "download_rate_limit"),
    "limits.up": rateIn(fields, "upload_rate_limit"),
    ...(countIn(fields, "sequential_download") === 1 && { sequential: true }),
    ...(countIn(fields, "qBt-firstLastPiecePriority") === 1 && { firstLastPieces: true }),
    ...(countIn(fields, "super_seeding") === 1 && { superSeed: true }),
  };
}

/** −2: that of the session; −1: none. Later versions write a text, earlier ones thousandths. */
function ratioOf(fields: Fields): number {
  const text = textIn(fields, "qBt-ratioLimit");
  const ratio =
    text === undefined ? (numberIn(fields, "qBt-ratioLimit") ?? -2_000) / 1_000 : Number(text);
  return Number.isFinite(ratio) ? ratio : -2;
}

function nameLeftOut(fields: Fields): readonly string[] {
  const name = textIn(fields, "qBt-name");
  return name === undefined ? [] : [`the torrent keeps its own name, not "${name}"`];
}
