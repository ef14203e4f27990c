/** Rules for the names and the HTTP requests of a host's threads. */
export interface NetworkRules {
  /** Families whose addresses are found and dialled, the preferred one first; at least one. */
  readonly families: readonly (4 | 6)[];
  /** `user-agent` of HTTP requests. */
  readonly userAgent: string;
}
