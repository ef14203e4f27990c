/**
 * Rules of BEP 3, 6 and 10 that the other side broke, besides the codes of the gate of frames. Each is a label of
 * `broken_rules`. No BEP forbids a repeated `choke` or `unchoke`, nor a request that will be refused.
 */
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
  /** A request for no bytes, beyond the piece, or for more than 128 KiB. */
  | "request-out-of-range";
