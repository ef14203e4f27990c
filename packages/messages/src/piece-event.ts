/** The verdict about a piece. A downloaded piece has all fields, a piece that a check has hashed the first three. */
export interface PieceEvent extends Partial<PieceReport> {
  readonly event: "piece";
  readonly index: number;
  readonly verified: boolean;
}

/** The download of a piece. */
export interface PieceReport {
  /** Milliseconds from the last lease of the piece to a peer-worker until it was hashed. */
  readonly tookMs: number;
  /** The addresses of the peers that sent blocks of it, as far as they are known; the host of a web seed may be a name. */
  readonly contributors: readonly { readonly host: string; readonly port: number }[];
}
