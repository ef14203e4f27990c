// The content that a seeder of known delays has, and load tests know.

import { join } from "node:path";
import { patternTorrent } from "@troupe/load-peers";
import { savePatternData, type ScenarioFile } from "@troupe/load-tester";
import { parseTorrent } from "@troupe/protocol/metainfo";
import type { KnownSeederTorrent } from "../../../bench/support/known-seeder.ts";

const pieceLengthBytes = 65_536;
const lengthBytes = 4 * 1_048_576;

/** The entry of a scenario that names the content. */
export const knownTorrents: NonNullable<ScenarioFile["torrents"]> = {
  payload: { size: "4MiB", piece: "64KiB" },
};

/** Writes the content. @param folder Exists. */
export async function saveKnownContent(folder: string): Promise<KnownSeederTorrent> {
  const wish = { name: "payload", lengthBytes, pieceLengthBytes, trackers: [] };
  const pattern = await savePatternData(wish, folder, new AbortController().signal);
  const { infoHash } = parseTorrent(patternTorrent(pattern));
  return { infoHash, file: join(folder, "payload"), pieceLengthBytes };
}
