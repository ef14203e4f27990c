// The order of addresses that are equal otherwise: by BEP 40, which both ends of a connection agree on, so that a
// newcomer finds places in a full swarm.

import { type PeerAddress, peerPriority } from "@troupe/protocol/address";
import type { KnownAddress } from "./known-address.ts";
import { familyOf, type OwnAddresses } from "./own-addresses.ts";

/** @returns 0 while our own address of the family is unknown; the greatest goes first. */
function rankOf(peer: PeerAddress, own: OwnAddresses): number {
  const host = own.addressOf(familyOf(peer.host));
  return host === undefined ? 0 : (peerPriority({ host, port: own.port }, peer) ?? 0);
}

/** The address of the best rank; the first one of equals. */
export function bestRanked(
  addresses: readonly KnownAddress[],
  own: OwnAddresses,
): KnownAddress | undefined {
  const [first, ...others] = addresses;
  if (first === undefined || others.length === 0) return first;
  return others.reduce(
    (best, known) => (keptRankOf(known, own) > keptRankOf(best, own) ? known : best),
    first,
  );
}

/** Computed once for each address of ours. */
function keptRankOf(known: KnownAddress, own: OwnAddresses): number {
  const host = own.addressOf(familyOf(known.host));
  if (known.rankedFor !== host) {
    known.rankedFor = host;
    known.rank = rankOf(known, own);
  }
  return known.rank;
}

/**
 * The addresses of our families in the order of their ranks, and those of equal ranks in the order of the families: all of
 * them, while our own address is unknown.
 */
export function rankedAddresses(
  peers: readonly PeerAddress[],
  own: OwnAddresses,
): readonly PeerAddress[] {
  const ofFamilies = own.families.flatMap((family) =>
    peers.filter(({ host }) => familyOf(host) === family),
  );
  if (own.addressOf(4) === undefined && own.addressOf(6) === undefined) return ofFamilies;
  return ofFamilies
    .map((peer) => ({ peer, rank: rankOf(peer, own) }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ peer }) => peer);
}
