// Host names and their addresses.

/** Names to addresses. */
export interface Names {
  /**
   * The numeric addresses of a host, at least one; a numeric host is its own.
   * @throws rejects with a system error: `ENOTFOUND`, `ETIMEOUT` (5 s), or the code of the name server's answer.
   */
  resolve(host: string): Promise<readonly string[]>;
}
