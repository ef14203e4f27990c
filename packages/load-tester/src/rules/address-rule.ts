// Which addresses a load may go to. The process that opens a socket applies it to the resolved address, each time.

/** The rule of a process: from its own command line, never from a plan. */
export interface AddressRule {
  /** Numeric addresses outside loopback and private ranges that the user has named (`--allow-target`). */
  readonly allowed: readonly string[];
  /** An agent runs hostile groups only with `--allow-hostile`. */
  readonly allowHostile: boolean;
}
