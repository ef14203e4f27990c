/** Bans of a state folder, and of an engine without one; further bans are refused. */
export const mostBans = 10_000;

/** A ban of the user's. */
export interface BannedPrefix {
  /** An address, or a prefix such as `192.0.2.0/24`, in its one spelling. */
  readonly prefix: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** Changes of the bans. */
export interface BanChanges {
  readonly added: readonly BannedPrefix[];
  /** Prefixes. */
  readonly lifted: readonly string[];
}
