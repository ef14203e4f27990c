// The names of a torrent in a handshake (https://www.bittorrent.org/beps/bep_0052.html, "Upgrade Path"): a hybrid has one
// of each version, and a connection that begins by version 1 is led to version 2 by the answer.

import type { AgreedVersion } from "@troupe/messages";
import type { HashVersion } from "@troupe/protocol/identity";
import { offersUpgrade } from "@troupe/protocol/peer";
import type { InfoHash } from "@troupe/protocol/units";

/** The names of a torrent on the wire. A hybrid has two, and any other torrent one. */
interface TorrentNames {
  /** That of version 1, else of version 2. */
  readonly infoHash: InfoHash;
  /** Undefined: version 1 alone, as far as is known. */
  readonly infoHashV2: InfoHash | undefined;
}

/** Whether a torrent has a name of each version. */
export function isHybrid({ infoHash, infoHashV2 }: TorrentNames): boolean {
  return infoHashV2 !== undefined && infoHashV2 !== infoHash;
}

/**
 * Whether a connection by version 1 may be led to version 2. The hashes of a link may be of two torrents: until the metadata
 * shows that they are of one, such a peer would answer with another hash than the link's.
 */
export function mayUpgrade(torrent: TorrentNames & { readonly hasContent: boolean }): boolean {
  return torrent.hasContent && isHybrid(torrent);
}

/** The name in a dial. A torrent of the other version alone has one name. */
export function dialledName(
  { infoHash, infoHashV2 }: TorrentNames,
  version: HashVersion,
): InfoHash {
  return version === "v2" ? (infoHashV2 ?? infoHash) : infoHash;
}

/**
 * The name in our answer: that of version 2 for a peer that offers it, else the peer's.
 *
 * @param named The name in the peer's handshake, one of the torrent's.
 * @param reserved The 8 reserved bytes of it, read during the call only.
 */
export function answeredName(
  torrent: TorrentNames & { readonly hasContent: boolean },
  named: InfoHash,
  reserved: Uint8Array,
): InfoHash {
  return offersUpgrade(reserved) && mayUpgrade(torrent) ? (torrent.infoHashV2 ?? named) : named;
}

/**
 * @param dialled The name in the handshake of the side that dials.
 * @param answered The name in the other handshake, one of the torrent's.
 * @returns Undefined for an answer that leads back to version 1.
 */
export function agreedVersion(
  { infoHashV2 }: TorrentNames,
  dialled: InfoHash,
  answered: InfoHash,
): AgreedVersion | undefined {
  if (answered === dialled) return answered === infoHashV2 ? "v2" : "v1";
  return answered === infoHashV2 ? "upgraded" : undefined;
}
