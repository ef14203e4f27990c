// The reaction to each hostile tracker, and the bounds of its cost in three minutes.

const second = 1_000;

/** A reaction, and the bounds of its cost. */
export interface TrackerReaction {
  /** Different results of the `tracker` events, in order: `ok` or the code of the error. */
  readonly results: readonly string[];
  /** From the start to the first result. */
  readonly withinMs: number;
  /** And not before. */
  readonly afterMs: number;
  /** The most requests or datagrams that we send. */
  readonly requests: number;
  /** Peers that the first `tracker` event names; undefined after a failure. */
  readonly peers: number | undefined;
  /** Addresses that the torrent keeps of them. */
  readonly kept: number;
  /** The time to the next announce after a reply. */
  readonly nextInSeconds?: readonly [least: number, most: number];
  /** Every `tracker` event has a warning. */
  readonly isWarned?: true;
}

type Over = Partial<TrackerReaction>;

/** `started` and `completed`. */
const repliedRequests = 2;
/** `started`, `completed`, and one announce a minute. */
const minutelyRequests = 5;
/** Retries after 5 s, 10 s … 80 s. */
const failedRequests = 7;
/** A tenth less and more than 30 min. */
const halfHour = [1_620, 1_980] as const;

function replied(over: Over = {}): TrackerReaction {
  return {
    results: ["ok"],
    withinMs: second,
    afterMs: 0,
    requests: repliedRequests,
    peers: 0,
    kept: 0,
    nextInSeconds: halfHour,
    ...over,
  };
}

function failed(code: string, over: Over = {}): TrackerReaction {
  return {
    results: [code],
    withinMs: second,
    afterMs: 0,
    requests: failedRequests,
    peers: undefined,
    kept: 0,
    ...over,
  };
}

/** The first announce of a torrent waits 15 s, the later ones 30 s. */
const httpDeadline = failed("http-deadline", {
  afterMs: 15 * second,
  withinMs: 15.1 * second,
  requests: 5,
});
/** No request leaves our machine. */
const unasked: Over = { requests: 0 };
const minutely = { requests: minutelyRequests, nextInSeconds: [54, 66] } as const;
const clampedUp = replied(minutely);
const clampedDown: Over = { nextInSeconds: [77_760, 95_040] };

/** By name of the HTTP tracker. */
export const httpReactions: Readonly<Record<string, TrackerReaction>> = {
  "compact-lists-of-odd-length": replied({ peers: 1, kept: 1 }),
  "million-peers": failed("http-too-large"),
  "as-many-peers-as-fit": replied({ peers: 10_000, kept: 10_000 }),
  "seeder-behind-dead-peers": replied({ peers: 10_000, kept: 9_999 }),
  "impossible-peers": replied(),
  "host-names-as-peers": replied(),
  "local-peers": replied({ peers: 5 }),
  ourselves: replied(),
  "body-over-1-mib": failed("http-too-large"),
  "never-answers": httpDeadline,
  "answers-too-late": httpDeadline,
  "cut-connection": failed("http-failed"),
  "half-a-reply": failed("bencode-malformed"),
  "deep-nesting": failed("bencode-too-deep"),
  "length-of-4-gib": failed("bencode-malformed"),
  "redirect-to-loopback": failed("http-redirect-refused"),
  "redirect-to-private-network": failed("http-redirect-refused"),
  "redirect-to-link-local": failed("http-redirect-refused"),
  "redirect-to-local-name": failed("http-redirect-refused"),
  // Six requests an announce.
  "redirect-loop": failed("http-redirect-refused", { requests: 6 * failedRequests }),
  "local-name": failed("http-redirect-refused", unasked),
  rebinding: failed("http-redirect-refused", { requests: 1 }),
  "interval-0": clampedUp,
  "negative-interval": clampedUp,
  "interval-of-68-years": replied(clampedDown),
  "interval-of-a-hundred-digits": replied(clampedDown),
  "numbers-out-of-range": replied(),
  "hostile-failure-text": failed("tracker-refused"),
  "wants-no-announce": failed("tracker-refused", { requests: 1 }),
  "hostile-warning-text": replied({ isWarned: true }),
  "hostile-status-page": failed("tracker-status"),
  "long-tracker-id": clampedUp,
};

/** With a connect before the first, and before each announce that comes more than a minute after the last connect. */
const repliedDatagrams = repliedRequests + 1;
const minutelyOverUdp = { ...minutely, requests: minutelyRequests + 3 } as const;
/** 15 s for the first datagram, 30 s for the second, and one datagram after a minute and after two. */
const silent = failed("tracker-silent", {
  afterMs: 45 * second,
  withinMs: 45.1 * second,
  requests: 4,
});
/** A connect, and an announce for each wait. */
const silentAfterConnect: TrackerReaction = { ...silent, requests: 8 };

function answered(over: Over = {}): TrackerReaction {
  return replied({ requests: repliedDatagrams, ...over });
}

/** By name of the UDP tracker. */
export const udpReactions: Readonly<Record<string, TrackerReaction>> = {
  "list-of-odd-length": answered({ peers: 1, kept: 1 }),
  "as-many-peers-as-fit": answered({ peers: 246, kept: 246 }),
  "impossible-peers": answered(),
  "local-peers": answered({ peers: 5 }),
  ourselves: answered(),
  "local-name": failed("name-refused", unasked),
  // A look-up counts for a minute.
  rebinding: answered({ ...minutely, results: ["ok", "name-refused"], requests: 3 }),
  "interval-0": answered(minutelyOverUdp),
  "negative-interval": answered(minutelyOverUdp),
  "interval-of-68-years": answered(clampedDown),
  "hostile-error-text": failed("tracker-refused", { requests: 3 * failedRequests }),
  "wrong-transaction-id": silent,
  "wrong-transaction-id-of-announce": silentAfterConnect,
  "wrong-port": silent,
  "wrong-host": silent,
  "forged-refusal": answered({ withinMs: 2 * second }),
  "announce-reply-to-connect": silent,
  "scrape-reply-to-announce": silentAfterConnect,
  "unknown-action": failed("datagram-malformed"),
  "empty-datagram": silent,
  "seven-bytes": silent,
  "short-connect-reply": failed("datagram-malformed"),
  "short-announce-reply": failed("datagram-malformed", { requests: failedRequests + 3 }),
  "refuses-connects": failed("tracker-refused"),
  // A known id is refused: a connect, and the announce again.
  "refuses-each-connection-id": failed("tracker-refused", { requests: 3 * failedRequests }),
  "connection-id-0": answered(),
  silent,
  "silent-after-connect": silentAfterConnect,
  "answers-too-late": silent,
  "flood-of-replies": answered({ peers: 1, kept: 1 }),
};
