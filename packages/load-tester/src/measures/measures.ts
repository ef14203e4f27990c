// The measures of a run: latencies, counters, gauges; and the windows of one second in which they travel.

/** Latencies. All in microseconds, in histograms. */
export const measureNames = [
  "connect",
  "utp_connect",
  "encryption",
  "handshake",
  "unchoke",
  "request_block",
  "have_request",
  "first_piece",
  "completion",
  "announce",
  "scrape",
  "dht_ping",
  "dht_find_node",
  "dht_get_peers",
  "dht_announce_peer",
  /** Latencies of an open load from the real sending instead of the intended time. */
  "request_block_from_sending",
  "announce_from_sending",
  "scrape_from_sending",
  "dht_ping_from_sending",
  "dht_find_node_from_sending",
  "dht_get_peers_from_sending",
  "dht_announce_peer_from_sending",
  /** The generator's own: from the intended to the real time of sending. */
  "lateness",
  /** The generator's own: of each millisecond in which an answer may come, how long it would wait for its reading. */
  "read_wait",
] as const;

/** Name of a latency. */
export type MeasureName = (typeof measureNames)[number];

/** The measure of an open load from its real sending. */
export const fromSending: Readonly<Partial<Record<MeasureName, MeasureName>>> = {
  request_block: "request_block_from_sending",
  announce: "announce_from_sending",
  scrape: "scrape_from_sending",
  dht_ping: "dht_ping_from_sending",
  dht_find_node: "dht_find_node_from_sending",
  dht_get_peers: "dht_get_peers_from_sending",
  dht_announce_peer: "dht_announce_peer_from_sending",
};

/** Counters; each only grows. */
export const counterNames = [
  /** Actions of an open load that were due; of other groups visits. Each ends as exactly one of the next four. */
  "planned",
  "sent",
  "not_unchoked",
  "not_sent_target",
  "not_sent_ours",
  /** Requests that were sent. Each ends as exactly one of the next five. */
  "requests",
  "answered",
  "answered_wrong",
  "requests_refused",
  "abandoned",
  "unanswered",
  /** Microseconds that answered and unanswered requests waited; of these, the unanswered ones. */
  "waited_us",
  "waited_in_vain_us",
  /** Sent visits at whose end the target owed answers. */
  "visits_owed",
  /** Sent visits that their peer ended before a handshake was due. */
  "visits_excused",
  "arrived",
  "opened",
  "refused",
  /** By label: the reason. */
  "closed_by_target",
  "closed_by_us",
  "completed",
  "bytes_down",
  "bytes_up",
  "blocks",
  "wrong_blocks",
  /** By label: the rule that the target broke. */
  "broken_rules",
  "announces",
  "scrapes",
  "queries",
  /** Answers that are malformed, of another, or refused; by label. */
  "wrong_answers",
  /** Answers to requests that had ended without them. */
  "late_answers",
  /** Requests sent once more, because the target closed a kept connection without answering them. */
  "repeats",
  /** Requests that this machine did not send, or whose connection it did not open; by label: the reason. */
  "own_failures",
  /** Peers whose generator died. */
  "lost_peers",
  /** Microseconds in which a generator did nothing but look for what is due. */
  "polled_us",
] as const;

/** Name of a counter. */
export type CounterName = (typeof counterNames)[number];

/** Counters whose sums close, in each group and phase. */
export type AccountName =
  | (typeof planEnds)[number]
  | (typeof requestEnds)[number]
  | "planned"
  | "requests"
  | "visits_owed"
  | "visits_excused";

/** Ends of what is planned. */
export const planEnds = [
  "sent",
  "not_unchoked",
  "not_sent_target",
  "not_sent_ours",
] as const satisfies readonly CounterName[];

/** Ends of requests. */
export const requestEnds = [
  "answered",
  "answered_wrong",
  "requests_refused",
  "abandoned",
  "unanswered",
] as const satisfies readonly CounterName[];

/** States of the peers of a group, now. */
export const gaugeNames = [
  "waiting",
  "connecting",
  "open",
  "unchoked",
  "complete",
  "gone",
] as const;

/** Name of a state. */
export type GaugeName = (typeof gaugeNames)[number];

/** A histogram of one window or of a whole run. */
export interface NamedHistogram {
  readonly measure: MeasureName;
  /** Name of the group; "" for the generator's own. */
  readonly group: string;
  /** Name of the phase. */
  readonly phase: string;
  /** HDR, V2 encoding, compressed, base64. */
  readonly hdr: string;
}

/** A counter's growth in one window, or its total. */
export interface NamedCount {
  readonly counter: CounterName;
  readonly group: string;
  readonly phase: string;
  /** A reason or a rule; "" for none. From the network: cleaned text of at most 100 characters. */
  readonly label: string;
  readonly value: number;
}

/** One second of one generator. Counts of histograms and counters are those of this second alone. */
export interface Window extends ThreadWindow {
  /** Use of the generator's process; zero for all but one thread of a process. */
  readonly own: OwnUse;
}

/** One second of one thread of a generator. */
export interface ThreadWindow {
  /** 0 is the first second of the run. */
  readonly second: number;
  readonly histograms: readonly NamedHistogram[];
  readonly counts: readonly NamedCount[];
  /** At the end of the second, by group. */
  readonly gauges: Readonly<Record<string, Readonly<Record<GaugeName, number>>>>;
}

/** CPU time, memory and descriptors of a generator's process. */
export interface OwnUse {
  /** Since its start; of a window: since the beginning of the run. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly descriptors: number;
}

/**
 * Records the events of loads; one for each group of a generator. Cheap: loads call it for each block. Times are
 * milliseconds of the thread's monotonic clock.
 */
export interface Recorder {
  /**
   * A latency; its phase is that of `beganMs`, for an open load the intended time.
   * @param sentMs Sending time in an open load: the latency from here is kept too.
   */
  sample(measure: MeasureName, beganMs: number, endedMs: number, sentMs?: number): void;
  count(counter: CounterName, by?: number, label?: string): void;
  /**
   * Counts one.
   * @param beganMs Begin of the visit, action or request, equal for all its counters: sums close in each phase.
   */
  account(counter: AccountName, beganMs: number, label?: string): void;
  /** An intended action was handed over now. */
  acted(intendedMs: number, nowMs: number): void;
  /** A peer changes its state; undefined: it had none. */
  moved(from: GaugeName | undefined, to: GaugeName): void;
}
