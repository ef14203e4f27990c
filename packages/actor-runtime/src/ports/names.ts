/** Resolves host names. */
export interface Names {
  /**
   * At least one numeric address; a numeric host is its own.
   * @throws rejects with a system error: `ENOTFOUND`, `ETIMEOUT` (5 s), or the name server's code.
   */
  resolve(host: string): Promise<readonly string[]>;
}
