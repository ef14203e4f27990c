import { ProtocolError } from "@troupe/protocol/errors";
import { keysOf, type TorrentKey } from "@troupe/protocol/identity";
import { parseTorrent, type ContentLayout, type NameRule } from "@troupe/protocol/metainfo";
import type { LoadedSource } from "./load-metainfo.ts";

/** A torrent, as its source describes it. */
interface SourceTorrent {
  /** Keys by which it may be on record, that of a new torrent first. */
  readonly keys: readonly [TorrentKey, ...TorrentKey[]];
  /** Paths of its files. None for a magnet, whose files are not known yet. */
  readonly paths: readonly (readonly string[])[];
}

/** @returns Undefined for a source that is no torrent: the engine refuses it. */
export function readSource(
  loaded: LoadedSource,
  rules: { readonly names?: NameRule; readonly layout?: ContentLayout } = {},
): SourceTorrent | undefined {
  if (loaded.kind === "magnet") return { keys: keysOf(loaded.link.infoHashes), paths: [] };
  try {
    const { files, infoHashes } = parseTorrent(loaded.metainfo, {
      source: loaded.source,
      ...rules,
    });
    return { keys: keysOf(infoHashes), paths: files.map(({ path }) => path) };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
