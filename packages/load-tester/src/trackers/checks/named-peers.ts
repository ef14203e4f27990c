import { type PeerAddress, ip4Number } from "@troupe/protocol/address";

/** The peers that a reply names, read without an object for each. */
export interface NamedPeers {
  readonly peerCount: number;
  peerPort(peer: number): number;
  /** @returns An IPv4 address as a number of 32 bits; -1 for IPv6. */
  peerIp4(peer: number): number;
  peerHost(peer: number): string;
}

/** Peers that were decoded to a list. */
export class ListedPeers implements NamedPeers {
  readonly #peers: readonly PeerAddress[];

  constructor(peers: readonly PeerAddress[]) {
    this.#peers = peers;
  }

  get peerCount(): number {
    return this.#peers.length;
  }

  peerPort(peer: number): number {
    return this.#peers[peer]?.port ?? 0;
  }

  peerIp4(peer: number): number {
    return ip4Number(this.peerHost(peer)) ?? -1;
  }

  peerHost(peer: number): string {
    return this.#peers[peer]?.host ?? "";
  }
}
