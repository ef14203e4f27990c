// The torrents of a scenario, ready for targets and peers.

import { codeOf, systemSentence } from "@troupe/actor-runtime";
import { readBounded } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import { patternTorrent } from "@troupe/load-peers";
import { ProtocolError } from "@troupe/protocol/errors";
import { maxTorrentBytes, parseTorrent } from "@troupe/protocol/metainfo";
import type { ReadyTorrent } from "../generator/generator.messages.ts";
import type { Scenario, TorrentSpec } from "../scenario/scenario.ts";

/** @throws TroupeError `torrent-not-found`, `torrent-unreadable`, or the code of a .torrent that is refused. */
export async function readyTorrents({
  torrents,
}: Pick<Scenario, "torrents">): Promise<readonly ReadyTorrent[]> {
  return await Promise.all(
    Object.entries(torrents).map(([name, spec]) => readyTorrent(name, spec)),
  );
}

async function readyTorrent(name: string, spec: TorrentSpec): Promise<ReadyTorrent> {
  if (spec.from === "pattern") {
    return { name, metainfo: patternTorrent(spec), content: { kind: "pattern" } };
  }
  const { path, data } = spec;
  const content =
    data === undefined ? { kind: "unknown" as const } : { kind: "folder" as const, path: data };
  return { name, metainfo: await readMetainfo(path), content };
}

async function readMetainfo(path: string): Promise<Uint8Array> {
  const bytes = await readFileOf(path);
  try {
    parseTorrent(bytes);
    return bytes;
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new TroupeError(cause.code, `${path} is not a .torrent file: ${cause.message}`, {
      cause,
    });
  }
}

async function readFileOf(path: string): Promise<Uint8Array> {
  try {
    return await readBounded(path, maxTorrentBytes);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") {
      throw new TroupeError("torrent-not-found", `there is no file ${path}`, { cause });
    }
    const message = `cannot read ${path}: ${systemSentence(cause)}`;
    throw new TroupeError("torrent-unreadable", message, { cause });
  }
}
