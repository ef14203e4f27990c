/** The final answer. */
export interface HttpReply {
  readonly status: number;
  readonly body: Uint8Array;
  /** After redirects. */
  readonly url: string;
  /** Numeric, if known. */
  readonly remoteHost?: string;
}

/** A POST. */
export interface HttpPost {
  readonly deadlineMs: number;
  readonly maxBodyBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal?: AbortSignal;
}

/** An HTTP and HTTPS client. */
export interface Http {
  /**
   * A GET, redirects followed, gzip undone, body bounded after inflating.
   * @throws rejects with ActorError `http-failed` (system code in `details.cause`), `http-deadline`, `http-too-large`,
   *   `http-redirect-refused`.
   */
  get(
    url: string,
    options: {
      readonly deadlineMs: number;
      readonly maxBodyBytes: number;
      /** 0 to 5; a further redirect is refused. Default 5. */
      readonly mostRedirects?: number;
      /** Dials only addresses of this family, of every hop. Without one: `http-failed` with the cause `ENOTFOUND`. */
      readonly family?: 4 | 6;
      readonly headers?: Readonly<Record<string, string>>;
      readonly signal?: AbortSignal;
    },
  ): Promise<HttpReply>;
  /** A POST; a redirect is refused. @throws as `get`. */
  post(url: string, options: HttpPost): Promise<HttpReply>;
}
