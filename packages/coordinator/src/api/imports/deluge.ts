// The state of Deluge 1.3 and 2: torrents.state, a pickle with the list, beside torrents.fastresume and <id>.torrent.

import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { readBounded } from "@troupe/api-base";
import { bencodeLimits, decode } from "@troupe/protocol/bencode";
import {
  changedTiers,
  present,
  readClientFile,
  readTorrentFile,
  type Fields,
} from "./client-fields.ts";
import { isAlive } from "./client-life.ts";
import { mappedNames, resumeFacts } from "./libtorrent-resume.ts";
import { renamesTo } from "./moved-names.ts";
import { malformed, type OpenState, type OtherTorrent } from "./other-torrent.ts";
import { PickledObject, pickleLimitBytes, readPickle, type PickledValue } from "./pickle.ts";

const stateFile = "torrents.state";
const listClass = "deluge.core.torrentmanager.TorrentManagerState";
const torrentClass = "deluge.core.torrentmanager.TorrentState";
/** The classes of the state. */
export const delugeClasses: ReadonlySet<string> = new Set([listClass, torrentClass]);

type State = ReadonlyMap<PickledValue, PickledValue>;

/** The parts of a state that concern all of its torrents. */
interface Shared {
  readonly folder: string;
  readonly savedAtNs: bigint;
  /** Resume data by torrent. */
  readonly resumes: Fields;
  readonly labels: Readonly<Record<string, unknown>>;
}

/** Opens `state`, or the folder above it. */
export const openDeluge: OpenState = async (given) => {
  for (const folder of [given, join(given, "state")]) {
    const path = join(folder, stateFile);
    if ((await stat(path).catch(() => undefined)) === undefined) continue;
    const states = await readStates(path);
    const { fields, savedAtNs } = await readClientFile(join(folder, "torrents.fastresume"));
    const labels = await readLabels(dirname(folder));
    const shared = { folder, savedAtNs, resumes: fields, labels };
    return {
      client: "deluge",
      names: [...states.keys()],
      read: async (name) => await readDeluge(name, states.get(name) ?? new Map(), shared),
      signOfLife: async () => await signOfLife(dirname(folder)),
    };
  }
  return undefined;
};

/** The torrents of the list by their ids. @throws rejects with TroupeError `import-malformed` */
async function readStates(path: string): Promise<ReadonlyMap<string, State>> {
  const list = readPickle(await readBounded(path, pickleLimitBytes), delugeClasses);
  const torrents = list instanceof PickledObject ? list.fields.get("torrents") : undefined;
  if (!Array.isArray(torrents)) throw malformed(path, "it has no list of torrents");
  const states = new Map<string, State>();
  for (const torrent of torrents) {
    if (!(torrent instanceof PickledObject) || torrent.className !== torrentClass) continue;
    const id = torrent.fields.get("torrent_id");
    if (typeof id === "string" && /^[0-9a-f]{40}$/.test(id)) states.set(id, torrent.fields);
  }
  return states;
}

/** `deluged.pid` has the process and the port. GTK without a daemon writes none. */
async function signOfLife(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, "deluged.pid"), "utf8").catch(() => "");
  const pid = Number(text.split(";")[0]);
  if (!isAlive(pid)) return undefined;
  const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "deluge");
  return words.includes("deluge") ? `deluged.pid names the process ${pid}` : undefined;
}

/** Labels by torrent, of the plugin Label: two JSON values, of which the second has them. */
async function readLabels(folder: string): Promise<Shared["labels"]> {
  try {
    const text = await readFile(join(folder, "label.conf"), "utf8");
    const value = JSON.parse(text.slice(text.indexOf("}{") + 1)) as { torrent_labels?: unknown };
    return { ...(value.torrent_labels as object | undefined) };
  } catch {
    return {};
  }
}

async function readDeluge(
  id: string,
  state: State,
  { folder, savedAtNs, resumes, labels }: Shared,
): Promise<OtherTorrent> {
  const torrent = await readTorrentFile(join(folder, `${id}.torrent`));
  const { content } = torrent;
  const bytes = resumes?.get(id)?.string;
  const resume = bytes && decode(bytes, bencodeLimits.file);
  const directory = state.get("save_path");
  if (typeof directory !== "string" || directory === "")
    throw malformed(join(folder, stateFile), `it names no folder for ${id}`);
  const label = labels[id];
  const target = state.get("move_completed_path");
  const moves = state.get("move_completed") === true && state.get("is_finished") !== true;
  const moveTo = moves && typeof target === "string" && resolve(target) !== resolve(directory);
  const names = mappedNames(resume);
  return {
    ...torrent,
    directory,
    isStarted: state.get("paused") !== true,
    settings: present({
      ...settingsOf(state),
      ...(typeof label === "string" && label !== "" && { labels: [label] }),
      trackerTiers: changedTiers(tiersOf(state), content),
      renames: renamesTo(content, names),
      ...(moveTo && { moveTo: target }),
    }),
    ...resumeFacts(resume, content, savedAtNs),
    leftOut: nameLeftOut(state, basename(content.name)),
  };
}

function settingsOf(state: State): Record<string, unknown> {
  const isOn = (name: string): boolean => state.get(name) === true;
  return {
    ...(isOn("stop_at_ratio") && { "goals.ratio": state.get("stop_ratio") }),
    ...(isOn("stop_at_ratio") && isOn("remove_at_ratio") && { "goals.action": "remove" }),
    "limits.down": rateOf(state.get("max_download_speed")),
    "limits.up": rateOf(state.get("max_upload_speed")),
    ...(isOn("sequential_download") && { sequential: true }),
    ...(isOn("prioritize_first_last") && { firstLastPieces: true }),
    ...(isOn("super_seeding") && { superSeed: true }),
  };
}

/** KiB a second, -1 without a limit. */
function rateOf(rate: PickledValue | undefined): number | undefined {
  return typeof rate === "number" && rate > 0 ? Math.round(rate * 1_024) : undefined;
}

function tiersOf(state: State): readonly (readonly string[])[] {
  const trackers = state.get("trackers");
  const tiers = new Map<number, string[]>();
  for (const tracker of Array.isArray(trackers) ? trackers : []) {
    if (!(tracker instanceof Map)) continue;
    const [url, tier] = [tracker.get("url"), tracker.get("tier")];
    if (typeof url !== "string" || typeof tier !== "number") continue;
    tiers.set(tier, [...(tiers.get(tier) ?? []), url]);
  }
  return [...tiers].toSorted(([one], [other]) => one - other).map(([, urls]) => urls);
}

function nameLeftOut(state: State, own: string): readonly string[] {
  const name = state.get("name");
  if (typeof name !== "string" || name === "" || name === own) return [];
  return [`the torrent keeps its own name, not "${name}"`];
}
