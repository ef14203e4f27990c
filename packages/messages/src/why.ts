// Why a torrent is not faster: one reason at a time, for people and for programs.

/** Reasons; a code never changes its meaning. */
export type WhyCode =
  | "stopped"
  | "starting"
  | "checking"
  | "paused"
  | "stopping"
  /** The torrent's own error says more. */
  | "failed"
  | "complete"
  | "worker-restarting"
  /** No address to dial. */
  | "no-peers-known"
  /** Nor does any tracker answer. */
  | "tracker-unreachable"
  /** Addresses are known; nobody there takes the connection. */
  | "no-peer-answers"
  | "disk-slow"
  | "hash-behind"
  /** The payload memory is full of pieces that are under way. */
  | "memory-full"
  | "nobody-has-missing-pieces"
  | "all-choke-us"
  /** Nothing is left to ask for but what is under way. */
  | "last-pieces"
  /** As many connections as are allowed, and more addresses known. */
  | "connection-limit"
  | "peers-slow";

/** The reason that counts most at one moment. */
export interface Why {
  readonly code: WhyCode;
  /** One sentence without a full stop. May hold text from a tracker: clean it before it is shown. */
  readonly message: string;
}
