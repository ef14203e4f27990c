/** Resolves host names. */
export interface Names {
  /**
   * The numeric addresses of a host, at least one; a numeric host is its own.
   * @throws rejects with a system error: `ENOTFOUND`, `ETIMEOUT` (5 s), or the name server's code.
   */
  resolve(host: string): Promise<readonly string[]>;
}
