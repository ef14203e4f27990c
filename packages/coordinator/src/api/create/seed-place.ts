// The place of a new torrent's files: an engine seeds them without hashing them again.

import { basename, dirname, join } from "node:path";
import type { HashedFiles } from "@troupe/messages";
import type { Metainfo } from "@troupe/protocol/metainfo";
import type { FoundFiles } from "./found-files.ts";

/** Options of `Coordinator.add` by which a new torrent seeds its files where they are. */
export interface SeedPlace {
  /** Absolute; the folder around the file or folder. */
  readonly directory: string;
  readonly layout: "own";
  readonly portableNames: false;
  /** The name of the torrent is not that of the file or folder. */
  readonly renames?: readonly { readonly from: string; readonly to: string }[];
  readonly hashed: HashedFiles;
}

/** @returns Undefined where the torrent has files that lie elsewhere, because links were followed. */
export function seedPlaceOf(
  { files: found, isSingleFile, root }: FoundFiles,
  { files, name }: Metainfo,
): SeedPlace | undefined {
  const isElsewhere = found.some(
    ({ diskPath, path }) =>
      diskPath !== undefined && !isSingleFile && diskPath !== join(root, ...path),
  );
  const stored = files.filter(({ isPadding }) => !isPadding);
  if (isElsewhere || stored.length !== found.length) return undefined;
  const inOrder = found.values();
  const hashed = files.map(({ isPadding }) =>
    isPadding ? undefined : inOrder.next().value?.identity,
  );
  const to = basename(root);
  return {
    directory: dirname(root),
    layout: "own",
    portableNames: false,
    ...(name !== to && { renames: [{ from: name, to }] }),
    hashed,
  };
}
