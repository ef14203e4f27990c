/** Rules of the wire that the other side broke, beside the codes of the gate of frames. Each is a label of `broken_rules`. */
export type BrokenRule =
  | "handshake-of-another-torrent"
  /** A block that was not requested, or was sent already. */
  | "block-not-requested"
  /** Another length than requested. */
  | "block-of-wrong-length"
  | "reject-not-requested"
  /** A message of BEP 6 without the agreement of both sides. */
  | "fast-not-agreed"
  /** A message of BEP 10 without the agreement of both sides. */
  | "extended-not-agreed"
  /** The message `choke` of a side that chokes already. */
  | "choked-twice"
  | "unchoked-twice"
  | "request-while-choked"
  | "request-of-missing-piece"
  /** Of no bytes, beyond the piece, or of more than 128 KiB. */
  | "request-out-of-range"
  /** More requests than the queue that our handshake names. */
  | "too-many-requests";
