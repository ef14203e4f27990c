import { formatIp } from "@troupe/protocol/address";
import type { UdpReplyView } from "@troupe/protocol/tracker";
import type { NamedPeers } from "../checks/named-peers.ts";

/** The peers of a datagram. */
export class UdpNamedPeers implements NamedPeers {
  readonly #view: UdpReplyView;
  readonly #family: 4 | 6;

  constructor(view: UdpReplyView, family: 4 | 6) {
    this.#view = view;
    this.#family = family;
  }

  get peerCount(): number {
    return this.#view.peerCount;
  }

  peerPort(peer: number): number {
    return this.#view.peerPort(peer);
  }

  peerIp4(peer: number): number {
    return this.#family === 4 ? this.#view.peerIp4(peer) : -1;
  }

  peerHost(peer: number): string {
    return formatIp(this.#view.peerIp(peer));
  }
}
