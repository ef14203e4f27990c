// Opens the store of the user's program for a torrent.

import { resultWithin, type Context } from "@troupe/actor-runtime";
import { deedOf, makerOf, partOf, WrongAnswer } from "@troupe/actor-runtime/module-answers";
import {
  FileStep,
  moduleLoadMs,
  unpackFiles,
  type OpenStorage,
  type NamedStore,
  type StorageRefusal,
} from "@troupe/messages";
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
    return {
      refused: "store-not-loaded",
      message: `cannot open the data of ${named.name}: the store ${url} ${deedOf(error)}`,
    };
  }
}

async function loadStore(
  { context, stampCall }: Services,
  torrent: number,
  { url, facts }: { readonly url: string; readonly facts: StoreTorrent },
): Promise<TorrentStore> {
  const late = () => new WrongAnswer(`did not load within ${moduleLoadMs / 1_000} s`);
  const loading = context.loadModule(FileStep.module, torrent, url);
  const made = await resultWithin(context.timers, moduleLoadMs, loading, late);
  const make = makerOf(made);
  const store = stampCall(() => context.inModule(FileStep.module, torrent, () => make(facts)));
  const part = await resultWithin(context.timers, moduleLoadMs, Promise.resolve(store), late);
  return partOf(part, "read", ["write", "close"]) as TorrentStore;
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
