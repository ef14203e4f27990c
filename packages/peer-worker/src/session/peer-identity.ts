import {
  type BreadcrumbHost,
  type ContributorAddress,
  type PeerRowIndex,
  breadcrumbHost,
  writePeerBreadcrumb,
  writeWebSeedBreadcrumb,
} from "@troupe/messages";
import { isNeighbourAddress } from "@troupe/protocol/address";
import { peerIdFromText } from "@troupe/protocol/peer";

/** The far end of a connection. */
interface PeerAddress {
  readonly host: string;
  readonly port: number;
  readonly isIncoming: boolean;
  /** The number of a web seed. */
  readonly webSeed?: number;
}

/** A peer that has shaken hands. */
export interface KnownPeer {
  readonly address: PeerAddress;
  /** Text of a character a byte. */
  readonly peerId: string;
}

/** The identity of a peer, as the engine knows it. Never changes. */
export class PeerIdentity {
  readonly rowIndex: PeerRowIndex;
  readonly host: string;
  /** In a local network. */
  readonly isNeighbour: boolean;
  readonly port: number;
  readonly isIncoming: boolean;
  /** The number of a web seed; undefined for other peers. */
  readonly webSeed: number | undefined;
  /** Text of a character a byte, which takes less memory than an array. */
  readonly peerId: string;
  /** Closed earlier because it requested too much while it owed us blocks. */
  readonly isGreedy: boolean;
  readonly #breadcrumbHost: BreadcrumbHost;

  constructor({ address, peerId }: KnownPeer, rowIndex: PeerRowIndex, isGreedy: boolean) {
    const { host, port, isIncoming, webSeed } = address;
    this.rowIndex = rowIndex;
    this.host = host;
    this.isNeighbour = isNeighbourAddress(host);
    this.port = port;
    this.isIncoming = isIncoming;
    this.webSeed = webSeed;
    this.peerId = peerId;
    this.isGreedy = isGreedy;
    if (webSeed === undefined) this.#breadcrumbHost = breadcrumbHost(host);
  }

  get isWebSeed(): boolean {
    return this.webSeed !== undefined;
  }

  get address(): PeerAddress {
    const { host, port, isIncoming, webSeed } = this;
    return { host, port, isIncoming, ...(webSeed !== undefined && { webSeed }) };
  }

  /** Identifies the peer after its row is gone. */
  get source(): ContributorAddress {
    return { host: this.host, port: this.port, peerId: peerIdFromText(this.peerId) };
  }

  /** Names the peer in a breadcrumb. */
  writeBreadcrumb(breadcrumb: Int32Array): void {
    if (this.webSeed === undefined)
      writePeerBreadcrumb(breadcrumb, this.#breadcrumbHost, this.port);
    else writeWebSeedBreadcrumb(breadcrumb, this.webSeed);
  }
}
