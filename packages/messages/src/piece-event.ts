/** The verdict about a piece. A downloaded piece has all fields, a piece that a check has hashed the first three. */
export interface PieceEvent extends Partial<PieceReport> {
  readonly event: "piece";
  readonly index: number;
  readonly verified: boolean;
}

/** Downloaded pieces that are had, in order: their `piece` events in one message. */
export interface PiecesHadEvent {
  readonly event: "pieces-had";
  readonly pieces: readonly number[];
  /** For each piece, as in {@link PieceReport}. */
  readonly tookMs: readonly number[];
  /** For each piece the place of its contributors in `contributors`. */
  readonly origins: readonly number[];
  readonly contributors: readonly PieceReport["contributors"][];
}

/** The download of a piece. */
export interface PieceReport {
  /** Milliseconds from the last lease of the piece to a peer-worker until it was hashed. */
  readonly tookMs: number;
  /** The addresses of the peers that sent blocks of it, as far as they are known; the host of a web seed may be a name. */
  readonly contributors: readonly { readonly host: string; readonly port: number }[];
}
