// Opens the store of the user's program for a torrent.

import { resultWithin, type Context } from "@troupe/actor-runtime";
import {
  FileStep,
  longestModuleError,
  moduleLoadMs,
  unpackFiles,
  type OpenStorage,
  type NamedStore,
  type StorageRefusal,
} from "@troupe/messages";
import { errorText } from "@troupe/protocol/text";
import type { StampCall } from "../files/disk-stamp.ts";
import { setFacts } from "../state/file-facts.ts";
import type { Storage } from "../storage.ts";
import { ModuleStore } from "./module-store.ts";
import { StoreGuard } from "./store-guard.ts";
import type { StoreTorrent, TorrentStore } from "./store-module.ts";

/** The parts of a file-worker that open a module. */
interface Services {
  readonly context: Pick<Context, "inModule" | "loadModule" | "timers">;
  readonly stampCall: StampCall;
}

/** The module gave a wrong value. The message is the end of a sentence that begins with the store. */
class WrongModule extends Error {}

/** @returns The store; or `store-not-loaded`. */
export async function openModule(
  services: Services,
  storage: Storage,
  message: OpenStorage,
  named: NamedStore,
): Promise<ModuleStore | StorageRefusal> {
  const { url } = named;
  const { torrent } = message;
  try {
    const store = await loadStore(services, torrent, {
      url,
      facts: factsOf(storage, message, named),
    });
    notePresent(storage);
    const guard = new StoreGuard(services, { torrent, url }, store);
    return new ModuleStore(guard, storage.map, storage.pieceLengthBytes);
  } catch (error) {
    const deed =
      error instanceof WrongModule
        ? error.message
        : `threw ${errorText(error, longestModuleError)}`;
    return {
      refused: "store-not-loaded",
      message: `cannot open the data of ${named.name}: the store ${url} ${deed}`,
    };
  }
}

async function loadStore(
  { context, stampCall }: Services,
  torrent: number,
  { url, facts }: { readonly url: string; readonly facts: StoreTorrent },
): Promise<TorrentStore> {
  const late = () => new WrongModule(`did not load within ${moduleLoadMs / 1_000} s`);
  const loading = context.loadModule(FileStep.module, torrent, url);
  const made = await resultWithin(context.timers, moduleLoadMs, loading, late);
  if (typeof made !== "function") throw new WrongModule("has no function as its default export");
  const make = made as (torrent: StoreTorrent) => unknown;
  const store = stampCall(() => context.inModule(FileStep.module, torrent, () => make(facts)));
  return storeOf(await resultWithin(context.timers, moduleLoadMs, Promise.resolve(store), late));
}

/** The gate for the object that a module makes. */
function storeOf(made: unknown): TorrentStore {
  if (typeof made !== "object" || made === null)
    throw new WrongModule("returned no object with the method `read`");
  for (const [name, isNeeded] of [
    ["read", true] as const,
    ["write", false] as const,
    ["close", false] as const,
  ]) {
    const method = (made as Readonly<Record<string, unknown>>)[name];
    if (typeof method === "function" || (method === undefined && !isNeeded)) continue;
    throw new WrongModule(`returned an object whose \`${name}\` is no method`);
  }
  return made as TorrentStore;
}

function factsOf(
  { folders, map }: Storage,
  { files, pieceLengthBytes, totalBytes }: OpenStorage,
  { infoHash, isPrivate, name }: NamedStore,
): StoreTorrent {
  const { pieceCount } = map;
  const listed = unpackFiles(files).map(({ path, lengthBytes, isPadding }) => ({
    path,
    lengthBytes,
    ...(isPadding && { isPadding }),
  }));
  return {
    ...{ infoHash, isPrivate, name, pieceCount, pieceLengthBytes, totalBytes },
    files: listed,
    directory: folders.root,
  };
}

/** Each piece may be there, so that the start hashes it. No file of a disk has these facts. */
function notePresent({ facts, files }: Storage): void {
  for (const [file, { lengthBytes }] of files.entries())
    setFacts(facts, file, { device: 0n, inode: 0n, lengthBytes, mtimeNs: 0n, ctimeNs: 0n });
}
