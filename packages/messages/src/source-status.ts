// The sources of a torrent's peers and pieces, as its user sees them.

import type { TorrentFault } from "./torrent-fault.ts";

/** A tracker of a torrent, as of its last reply. */
export interface TrackerStatus {
  readonly url: string;
  readonly tier: number;
  /** Failed announces in a row; 0 after a success. */
  readonly failures: number;
  readonly complete?: number;
  readonly incomplete?: number;
  readonly peers: number;
  readonly isWorking: boolean;
  /** Time until the next announce; 0 during an announce. */
  readonly nextInSeconds?: number;
  readonly error?: string;
  /** `tracker-refused` for a refusal of the tracker itself (docs/errors.md). */
  readonly errorCode?: string;
}

/** A web seed of a torrent (BEP 19). */
export interface WebSeedStatus {
  readonly url: string;
  /**
   * `idle`: it waits until it is needed. `resting`: it failed and is tried again. `off`: it is not used any more.
   */
  readonly state: "idle" | "connecting" | "connected" | "resting" | "off";
  /** Figures of the connection, as of a peer. */
  readonly downloadedBytes: number;
  readonly downBytesPerSecond: number;
  /** Time until it is tried again; present while it rests. */
  readonly nextInSeconds?: number;
  /** Why it rests or is off. */
  readonly error?: TorrentFault;
}

/** A torrent in the DHT. */
export interface DhtTorrentStatus {
  /** Nodes in our routing tables. */
  readonly nodes: number;
  /** Peers that the nodes named in the last round of look-ups; absent before the end of the first. */
  readonly peers?: number;
  /** Whether look-ups are under way. */
  readonly isAsking: boolean;
  /** Time until the next look-ups; 0 while they wait for their turn. */
  readonly nextInSeconds: number;
  /** Time from an announce to the next at the present pace: 900, or more with many torrents. */
  readonly roundSeconds: number;
}

/** A tier of trackers (BEP 12), as of the last announces to it. */
export interface TrackerTier {
  /** Seeds; 0 before the first reply, and when the tracker does not name it. */
  readonly complete: number;
  /** Failed announces in a row, of all its trackers. */
  readonly failures: number;
  /** Leechers, as `complete`. */
  readonly incomplete: number;
  /** IPv4 addresses of the last reply, 6 bytes each (BEP 23), 200 at most. */
  readonly peers: Uint8Array;
  /** IPv6 addresses, 18 bytes each (BEP 7), 200 at most. */
  readonly peers6: Uint8Array;
  /** In the order of announces: a tracker that replied goes first. */
  readonly urls: readonly string[];
  /** In the order of `urls`. */
  readonly trackers: readonly TrackerStatus[];
}

/** A tracker in use, and how long it permits no announce. */
export interface TrackerWait {
  readonly url: string;
  /** 0: it is announced to now. Infinity, which users do not see: it wants no further announce (BEP 31). */
  readonly inSeconds: number;
}

/** The reply of a tracker to a scrape, or why there is none. */
export interface TrackerScrape {
  /** `dht`: the estimate of the DHT. */
  readonly url: string;
  /** Seeds. Each count is absent when the tracker does not name it. */
  readonly complete?: number;
  /** Leechers. */
  readonly incomplete?: number;
  /** Downloads that were ever completed. */
  readonly downloaded?: number;
  readonly error?: TorrentFault;
}
