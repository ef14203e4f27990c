/** Random numbers and bytes. */
export interface Random {
  /** Uniform in [0, 1). Not for secrets. */
  next(): number;
  /** Uniform integer in [0, below). Not for secrets. */
  integer(below: number): number;
  /** Fresh bytes, cryptographically strong (seeded in the simulator). */
  bytes(lengthBytes: number): Uint8Array;
}
