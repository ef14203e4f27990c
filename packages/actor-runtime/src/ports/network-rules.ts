/** Rules for the HTTP requests of a host's threads. */
export interface NetworkRules {
  /** `user-agent` of HTTP requests. */
  readonly userAgent: string;
}
