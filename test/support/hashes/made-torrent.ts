// A folder and a new torrent of it, for swarms with other clients.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createTorrent } from "@troupe/coordinator";
import type { NewVersion } from "@troupe/protocol/create";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { wireHashes, type HashVersion, type InfoHashes } from "@troupe/protocol/identity";
import { writePayload, type Payload } from "../files/payload.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";

/** The files, their .torrent and an empty folder; all are removed at the end. */
export interface MadeTorrent extends Disposable {
  readonly payload: Payload;
  /** Path of the .torrent. */
  readonly path: string;
  /** The names on the wire: that of version 1 first. */
  readonly names: readonly string[];
  /** Magnet links, each with the hash of one version alone. */
  readonly links: Readonly<Record<HashVersion, string>>;
  readonly source: string;
  readonly target: string;
  /** Writes the padding files beside the others: clients of version 1 take them for ordinary files. */
  writePadding(): void;
}

/** @param lengths Bytes of the files, two at least. @param trackers Announce addresses. */
export async function madeTorrent(
  version: NewVersion,
  lengths: readonly number[],
  { pieceLengthBytes, trackers = [] }: { pieceLengthBytes: number; trackers?: readonly string[] },
): Promise<MadeTorrent> {
  const folders = ["source", "target", "torrent"].map((name) => temporaryFolder(name));
  const [source = "", target = "", place = ""] = folders.map(({ path }) => path);
  const files = lengths.map((lengthBytes, at) => ({ path: [`${at}.bin`], lengthBytes }));
  const payload = writePayload({ folder: source, name: "payload", pieceLengthBytes, files });
  const { bytes } = await createTorrent(join(source, "payload"), {
    ...{ version, pieceLengthBytes },
    fields: trackers.length === 0 ? {} : { trackers: { set: [trackers] } },
  });
  const path = join(place, "made.torrent");
  writeFileSync(path, bytes);
  const metainfo = parseTorrent(bytes);
  return {
    ...{ payload, path, names: wireHashes(metainfo.infoHashes), source, target },
    links: linksOf(metainfo.infoHashes),
    writePadding() {
      for (const { isPadding, lengthBytes, path: parts } of metainfo.files) {
        if (!isPadding) continue;
        const file = join(source, ...parts);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, new Uint8Array(lengthBytes));
      }
    },
    [Symbol.dispose]() {
      for (const folder of folders) folder.remove();
    },
  };
}

function linksOf({ v1, v2 }: InfoHashes): MadeTorrent["links"] {
  return { v1: `magnet:?xt=urn:btih:${v1 ?? ""}`, v2: `magnet:?xt=urn:btmh:1220${v2 ?? ""}` };
}
