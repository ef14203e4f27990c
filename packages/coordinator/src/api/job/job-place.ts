// The folder of an added torrent: the folder for incomplete torrents, or its final folder.

import { join, resolve } from "node:path";
import { torrentSettings, valueInForce, type LiveEngineSettings } from "@troupe/control";
import type { AddTorrent } from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import type { ContentLayout } from "@troupe/protocol/metainfo";
import type { LockKeepers } from "../lock/lock-keepers.ts";
import type { LoadedSource } from "./load-metainfo.ts";
import { readSource } from "./read-source.ts";

/** Names that are looked for in a final folder. A torrent whose files have a common folder has one name. */
const mostNames = 100;

/** Answers questions about folders. */
export interface PlaceLook {
  /** The folders of the earlier runs of a torrent, each with the final folder of its record. */
  recorded(key: TorrentKey): Promise<readonly RecordedPlace[]>;
  /** The path without links. @throws TroupeError `disk-not-answering` */
  real(key: TorrentKey, folder: string): Promise<string>;
  /** @throws TroupeError `disk-not-answering` */
  exists(key: TorrentKey, path: string): Promise<boolean>;
}

/** Answers from the state folder and the threads of locks. */
export function placeLook(
  state: { readonly places: PlaceLook["recorded"] },
  locks: Pick<LockKeepers, "exists" | "realFolder">,
): PlaceLook {
  return {
    recorded: async (key) => await state.places(key),
    real: (key, directory) => locks.realFolder({ key, directory }),
    exists: (key, directory) => locks.exists({ key, directory }),
  };
}

/** The folder of an earlier run. */
export interface RecordedPlace {
  readonly directory: string;
  readonly moveTo?: string | undefined;
}

/**
 * Chooses the folder of an added torrent: that of an earlier run with the same final folder or in the same folder for
 * incomplete torrents, else the final folder if files of the torrent lie there, else the folder for incomplete torrents.
 *
 * @returns The request with this folder, and with the setting `moveTo` unless it is the final folder.
 * @throws TroupeError `disk-not-answering`
 */
export async function placeJob(
  request: AddTorrent,
  loaded: LoadedSource,
  engine: LiveEngineSettings,
  look: PlaceLook,
): Promise<AddTorrent> {
  const { incompleteDirectory: _, moveTo: __, ...settings } = request.settings;
  const { working, final } = foldersOf(request, engine);
  const atEnd = { ...request, settings, directory: final };
  if (working === final) return atEnd;
  const {
    names: rule,
    settings: { layout },
  } = request;
  const source = readSource(loaded, { ...(rule && { names: rule }), ...(layout && { layout }) });
  // The engine refuses a source that cannot be read.
  if (source === undefined) return atEnd;
  const { keys, paths } = source;
  const [key] = keys;
  const real = async (folder: string): Promise<string> => await look.real(key, folder);
  const [realWorking, realFinal] = [await real(working), await real(final)];
  if (realWorking === realFinal) return atEnd;
  const onItsWay = { ...request, settings: { ...settings, moveTo: realFinal }, directory: working };
  const places = (await Promise.all(keys.map((each) => look.recorded(each)))).flat();
  const folders = await Promise.all(places.map(({ directory }) => real(directory)));
  const found = places.findIndex(
    ({ moveTo }, index) => moveTo === realFinal || folders[index] === realWorking,
  );
  const earlier = places[found];
  if (earlier !== undefined) return { ...onItsWay, directory: earlier.directory };
  if (folders.includes(realFinal)) return atEnd;
  const lies = await liesIn(realFinal, firstNames(paths, layout), (path) => look.exists(key, path));
  return lies ? atEnd : onItsWay;
}

/** Only downloads have a folder for incomplete torrents. Seeds and checks use `directory`. */
function foldersOf(
  { directory, mode, settings }: AddTorrent,
  engine: LiveEngineSettings,
): { readonly working: string; readonly final: string } {
  if (mode !== "download") return { working: directory, final: directory };
  const folder = (name: "incompleteDirectory" | "moveTo"): string =>
    resolve(valueInForce(torrentSettings, name, settings, engine) ?? directory);
  return { working: folder("incompleteDirectory"), final: folder("moveTo") };
}

/**
 * @param paths Paths of the torrent's files.
 * @returns The names in a data folder that the files lie at or below. None in a shared folder, where a file of such a name
 *   may be that of another torrent.
 */
export function firstNames(
  paths: Iterable<readonly string[]>,
  layout: ContentLayout = "own",
): readonly string[] {
  const names = new Set<string>();
  if (layout === "no-folder") return [];
  for (const [name = ""] of paths) if (names.size < mostNames) names.add(name);
  return [...names];
}

/** Whether a folder has one of these names. */
export async function liesIn(
  folder: string,
  names: readonly string[],
  exists: (path: string) => Promise<boolean>,
): Promise<boolean> {
  const found = await Promise.all(names.map((name) => exists(join(folder, name))));
  return found.includes(true);
}
