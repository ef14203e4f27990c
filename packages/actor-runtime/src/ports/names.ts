/** Resolves host names. */
export interface Names {
  /**
   * At least one numeric address; a numeric host is its own.
   * @throws rejects with a system error: `ENOTFOUND`, `ETIMEOUT` (5 s), or the name server's code.
   */
  resolve(host: string): Promise<readonly string[]>;
  /**
   * Resolves like `resolve`, without the local addresses of a public name. For hosts that strangers name, such as
   * trackers; HTTP requests follow the same rule.
   * @throws rejects also with ActorError `name-refused`: a public name with only local addresses.
   */
  resolveAllowed(host: string): Promise<readonly string[]>;
}
