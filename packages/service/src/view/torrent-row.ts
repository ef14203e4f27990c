import type { CommandResults } from "@troupe/control/commands";

/** A torrent as lists show it: the result of the command `status`. */
export type TorrentRow = CommandResults["status"];

/** Digits of a hash on the wire: the beginning of that of version 2. */
const wireDigits = 40;

/** The hashes by which a torrent is named besides its key. */
export function otherNames({ torrent, infoHashV1, infoHashV2 }: TorrentRow): readonly string[] {
  const names = [infoHashV1, infoHashV2, infoHashV2?.slice(0, wireDigits)];
  return names.flatMap((name) => (name === undefined || name === torrent ? [] : [name]));
}
