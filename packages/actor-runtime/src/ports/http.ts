/** The final answer. */
export interface HttpReply {
  readonly status: number;
  readonly body: Uint8Array;
  /** After redirects. */
  readonly url: string;
  /** Numeric, if known. */
  readonly remoteHost?: string;
}

/** An HTTP and HTTPS client. */
export interface Http {
  /**
   * A GET, redirects followed (≤ 5), gzip undone, body bounded after inflating.
   * @throws rejects with ActorError `http-failed` (system code in `details.cause`), `http-deadline`, `http-too-large`,
   *   `http-redirect-refused`.
   */
  get(
    url: string,
    options: {
      readonly deadlineMs: number;
      readonly maxBodyBytes: number;
      /** Dials only addresses of this family, of every hop. Without one: `http-failed` with the cause `ENOTFOUND`. */
      readonly family?: 4 | 6;
      readonly headers?: Readonly<Record<string, string>>;
      readonly signal?: AbortSignal;
    },
  ): Promise<HttpReply>;
}
