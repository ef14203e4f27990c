// The file of a magnet link: the link, and a second line `network` for a link that came from the network.

import type { AddTorrent } from "@troupe/messages";
import { maxMagnetLength } from "@troupe/protocol/magnet";

const fromNetwork = "network";

/** A magnet link and its origin. */
export interface SavedMagnet {
  readonly magnet: string;
  readonly source: NonNullable<AddTorrent["source"]>;
}

/** Four bytes a character at most. */
export const magnetFileLimitBytes: number = 4 * maxMagnetLength + 16;

/** The bytes of the file. */
export function encodeMagnetFile({ magnet, source }: SavedMagnet): Uint8Array {
  return Buffer.from(source === "network" ? `${magnet}\n${fromNetwork}\n` : `${magnet}\n`);
}

/** The link, not parsed. */
export function decodeMagnetFile(bytes: Uint8Array): SavedMagnet {
  const [magnet = "", origin] = Buffer.from(bytes).toString().split("\n");
  return { magnet, source: origin === fromNetwork ? "network" : "file" };
}
