// A scenario after its gate: every number in milliseconds, bytes or bytes a second, every name checked, every default in
// place. `read-scenario.ts` makes it of a file.

/** A whole scenario. Plain data: it goes to threads, into the result file and over the network. */
export interface Scenario {
  readonly name: string;
  /** A sentence on what the scenario shows; "" for none. */
  readonly about: string;
  /** Draws every time and choice of the run. */
  readonly seed: number;
  /** A prefix such as `10.77.0.0/16`: each peer dials from an address of its own, in order. `system`: the system's choice. */
  readonly sources: string;
  /** The file names them: otherwise the system's addresses serve without a word. */
  readonly hasOwnSources: boolean;
  /** Open loads of 1,000 actions a second a thread and more poll the event loop. */
  readonly precise: boolean;
  /** Text of the file, for the result and for agents. */
  readonly text: string;
  readonly targets: Readonly<Record<string, TargetSpec>>;
  readonly torrents: Readonly<Record<string, TorrentSpec>>;
  readonly groups: Readonly<Record<string, Group>>;
  /** In order; the run lasts as long as they do together. At least one. */
  readonly phases: readonly Phase[];
  /** `request_block{leech,steady}.p99 < 50ms`; checked. */
  readonly budgets: readonly string[];
  /** The run ends as soon as one of these is broken. */
  readonly abort: readonly Abort[];
  /** At the end of the load the run waits so long for answers, of a group at most its timeout. */
  readonly drainMs: number;
  /** After the death of an agent. */
  readonly onLostAgent: "go-on" | "fail";
}

/** A budget that is judged while the run goes on. */
export interface Abort {
  readonly budget: string;
  /** It must be broken for so long. */
  readonly afterMs: number;
}

/** A part of the run. A sample belongs to the phase in which it began (of an open load: was intended to begin). */
export interface Phase {
  readonly name: string;
  readonly durationMs: number;
}

/** Where load goes. */
export type TargetSpec = RunningTarget | StartedTarget;

/** The protocol of a target. */
export type TargetKind = "peer" | "tracker" | "dht";

/** A program that runs already. */
export interface RunningTarget {
  readonly from: "address";
  readonly kind: TargetKind;
  /** Address of a peer or a DHT node: `host:port`. For a tracker its announce URL, `http:`, `https:` or `udp:`. */
  readonly address: string;
}

/** Names of programs that the tester can start. */
export type ProgramName =
  | "ours"
  | "libtorrent"
  | "transmission"
  | "aria2"
  | "rtorrent"
  | "qbittorrent"
  | "opentracker";

/** Protocols of a tracker that the tester starts. */
export type TrackerProtocol = "http" | "udp";

/** A program that the tester starts. */
export interface StartedTarget {
  readonly from: "start";
  readonly kind: TargetKind;
  readonly program: ProgramName;
  /** Protocol of the load on a tracker, and of the clients that announce to it. */
  readonly over: TrackerProtocol | undefined;
  /** Name in `torrents` of what a client seeds or downloads. Trackers and DHT nodes need none. */
  readonly torrent: string | undefined;
  /** A client has the whole content at its start, or nothing. */
  readonly has: "whole" | "nothing";
  /** Another target of the scenario, a tracker, that the client announces to. */
  readonly tracker: string | undefined;
  /** Connections and slots of the client; default: as many as groups have peers for it, and a tenth more. */
  readonly connections: number;
}

/** Content that peers and started clients share. */
export type TorrentSpec =
  | {
      readonly from: "pattern";
      readonly lengthBytes: number;
      readonly pieceLengthBytes: number;
      readonly name: string;
      /** Default v1. */
      readonly version?: "v1" | "v2" | "hybrid" | undefined;
    }
  | {
      readonly from: "file";
      /** Absolute. */
      readonly path: string;
      /** Folder of the content, absolute; without it blocks are compared by piece hashes alone. */
      readonly data: string | undefined;
    };

/** Peers, or askers of a tracker or node, that behave alike. */
export interface Group {
  readonly name: string;
  /** Name in `targets`. */
  readonly target: string;
  readonly count: number;
  readonly arrival: Arrival;
  readonly stay: Stay;
  /** After its stay a peer comes again, as another peer, after such a pause; undefined: it does not. */
  readonly againAfterMs: number | undefined;
  /** Pause of a peer whose connection was refused or closed by the target; undefined: it is counted and gone. */
  readonly retryAfterMs: number | undefined;
  /** A request without an answer counts as unanswered after this time. */
  readonly timeoutMs: number;
  /** Handshakes without an answer count as unanswered after this time. */
  readonly handshakeTimeoutMs: number;
  readonly load: GroupLoad;
}

/** The behaviour of a group. */
export type GroupLoad = PeerLoadSpec | HostileLoadSpec | TrackerLoadSpec | DhtLoadSpec;

/** Behaviours of peers that keep the rules. */
export type Behaviour = "leecher" | "seeder" | "partial" | "idle" | "free-rider";

/** Pace of what a group asks for. */
export type Pace =
  | OpenPace
  /** Closed: each peer keeps so many outstanding. Shown as closed wherever a latency is shown. */
  | { readonly kind: "depth"; readonly depth: number }
  /** Peers that ask for nothing: seeders and idle ones. */
  | { readonly kind: "none" };

/** Open: so many a second over the whole group, at times that do not depend on answers; its members act in turns. */
export interface OpenPace {
  readonly kind: "rate";
  readonly perSecond: number;
  readonly spacing: "constant" | "poisson";
  /** From the start of the run; undefined: from the last planned arrival of the group. */
  readonly fromMs: number | undefined;
  readonly untilMs: number;
}

/** Peers that keep the rules. */
export interface PeerLoadSpec {
  readonly kind: "peers";
  readonly behaviour: Behaviour;
  readonly torrent: string;
  /** Pieces that each peer takes: all, or so many at random. Undefined: random blocks without end; of open loads, seeders and idle peers nothing of its own accord. */
  readonly take: "all" | { readonly pieces: number } | undefined;
  /** Pieces that each peer has at its start, 0 to 1 of all. */
  readonly has: number;
  readonly pace: Pace;
  /** Line of each peer; undefined: unlimited. */
  readonly downBytesPerSecond: number | undefined;
  readonly upBytesPerSecond: number | undefined;
  /** Added to each message that the peer sends. */
  readonly delayMs: number;
  readonly extensions: readonly ("fast" | "extended")[];
  readonly transport: "tcp" | "utp";
  /** Encryption of its connections: of their handshake, or RC4 of everything. */
  readonly encryption: "none" | "handshake" | "rc4";
}

/** Misbehaving peers of the catalogue. */
export interface HostileLoadSpec {
  readonly kind: "hostile";
  readonly torrent: string;
  /** Names of the catalogue, in turns; empty: all. */
  readonly behaviours: readonly string[];
  /** Each connection sends at most so much. */
  readonly bytesPerSecond: number;
}

/** Clients of a tracker. */
export interface TrackerLoadSpec {
  readonly kind: "tracker";
  /** Swarms that the clients announce to, in turns; info-hashes drawn from the seed. */
  readonly swarms: number;
  readonly pace: Pace;
  /** Share of intents that are scrapes instead of announces, 0 to 1. */
  readonly scrapes: number;
  /** Peers asked for. */
  readonly wanted: number;
  /** Share of clients that are seeds, 0 to 1. */
  readonly seeds: number;
}

/** Nodes that ask a DHT node. */
export interface DhtLoadSpec {
  readonly kind: "dht";
  readonly pace: Pace;
  /** Shares of queries; they add up to 1. */
  readonly queries: Readonly<Record<"ping" | "find_node" | "get_peers" | "announce_peer", number>>;
}

/** The times at which the peers of a group come. Times from the start of the run. */
export type Arrival = { readonly afterMs: number } & (
  | { readonly kind: "at-once" }
  /** Peers a second, evenly. */
  | { readonly kind: "constant"; readonly perSecond: number }
  /** All peers within the time, evenly (`ramp`). */
  | { readonly kind: "ramp"; readonly durationMs: number }
  | { readonly kind: "poisson"; readonly perSecond: number }
  /** A crowd whose rate falls by half every `halfLifeMs`. */
  | { readonly kind: "crowd"; readonly halfLifeMs: number }
  /** Milliseconds, ascending; at least `count` of them. */
  | { readonly kind: "times"; readonly timesMs: readonly number[] }
);

/** How long a peer stays after it connects. */
export type Stay =
  | { readonly kind: "end" }
  | { readonly kind: "whole" }
  | { readonly kind: "ratio"; readonly ratio: number }
  | { readonly kind: "fixed"; readonly durationMs: number }
  | { readonly kind: "exponential"; readonly meanMs: number }
  | { readonly kind: "log-normal"; readonly medianMs: number; readonly sigma: number };
