import type { AddressSource } from "./address-source.ts";
import type { TorrentProgress, TorrentState } from "./api.messages.ts";
import type { ConnectionKind } from "./connection-kind.ts";
import type { DhtTorrentStatus, TrackerStatus, WebSeedStatus } from "./source-status.ts";
import type { TorrentFault } from "./torrent-fault.ts";
import type { Why } from "./why.ts";

/** A connected peer. Rates are smoothed over about five seconds. */
export interface PeerStatus {
  readonly host: string;
  readonly port: number;
  readonly isIncoming: boolean;
  readonly transport: ConnectionKind["transport"];
  /** `handshake`: the payload is plain. */
  readonly encryption: ConnectionKind["encryption"];
  /** The sources that have named its address; none for an incoming peer whose listen port no source has named. */
  readonly sources: readonly AddressSource[];
  readonly client: string;
  /** Share of the pieces, 0 to 1. */
  readonly haveShare: number;
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  readonly amInterested: boolean;
  readonly isPeerInterested: boolean;
  readonly amChokedByPeer: boolean;
  readonly isPeerChoked: boolean;
  readonly isSnubbed: boolean;
  /** We unchoke the peer at random, until it shows how much it gives (an optimistic slot). */
  readonly isOptimistic: boolean;
  /** Both sides speak BEP 6. */
  readonly hasFast: boolean;
  /** The peer says that it downloads nothing more (BEP 21). */
  readonly isUploadOnly: boolean;
  /**
   * Letters, as in Transmission. `D`: we are interested, and the peer sends. `d`: we are interested, and it sends
   * nothing. `U`: it is interested, and we unchoke it. `u`: it is interested, and we choke it. `O`: we unchoke it at
   * random. `K`: it unchokes us without our interest. `?`: we unchoke it without its interest. `S`: it snubs us. `I`:
   * the connection is incoming. Its address was named by peers (`X`), local discovery (`L`) or the DHT (`H`). `E`: the
   * payload is encrypted. `e`: only the handshake is.
   */
  readonly flags: string;
  /** Unanswered requests: ours, then the peer's. */
  readonly requestsOut: number;
  readonly requestsIn: number;
  /** Round trip of the fastest answer; 0 before the first. */
  readonly roundTripMs: number;
  /** From a request to its block: the median of the last nine blocks; 0 before the first. */
  readonly blockTimeMs: number;
}

/** A snapshot of a torrent. */
export interface TorrentStatus {
  readonly state: TorrentState;
  readonly fault?: TorrentFault;
  readonly labels: readonly string[];
  /** The name of its group. Absent: it is in none. */
  readonly group?: string;
  /** Whether super-seeding (BEP 16) is under way: each peer knows of a few pieces. */
  readonly isSuperSeeding?: true;
  readonly progress: TorrentProgress;
  /** Wire order, most significant bit first. */
  readonly bitfield: Uint8Array;
  readonly peers: readonly PeerStatus[];
  readonly trackers: readonly TrackerStatus[];
  readonly webSeeds: readonly WebSeedStatus[];
  /** Absent for a private torrent, for a torrent at rest, and without a DHT node. */
  readonly dht?: DhtTorrentStatus;
  /**
   * `stripCells` cells of `stripKinds` bytes: the share of each kind in 255ths, rounded up so that a single piece
   * shows.
   */
  readonly strip: Uint8Array;
  /**
   * Copies of the torrent among us and the connected peers: those of its rarest pieces, and as a fraction the share of
   * the pieces of which there are more. Absent until the pieces are known.
   */
  readonly availability?: number;
  readonly why: Why;
}
