/** The final answer. */
export interface HttpReply {
  readonly status: number;
  readonly body: Uint8Array;
  /** After redirects. */
  readonly url: string;
  /** Numeric, if known. */
  readonly remoteHost?: string;
  /** The target of a redirect that was not followed, as the server named it. */
  readonly location?: string;
  /** The fields `ETag` and `Last-Modified`, as the server sent them. */
  readonly etag?: string;
  readonly lastModified?: string;
  /** The field `Retry-After`, as the server sent it: {@link retryAfterMs} reads it. */
  readonly retryAfter?: string;
}

/**
 * Decides on a resolved address of a hop, redirects included. The request never connects to an address that it refuses.
 *
 * @param hostname The host of the hop's URL, to which the address belongs.
 */
export type MayDial = (address: string, hostname: string) => boolean;

/** A POST. */
export interface HttpPost {
  readonly deadlineMs: number;
  readonly maxBodyBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal?: AbortSignal;
  readonly mayDial?: MayDial;
}

/** The answer to a request, before its body. */
export interface HttpHead {
  readonly status: number;
  /** Names in lower case; 16 KiB at most together. */
  readonly headers: Readonly<Record<string, string>>;
  /** After redirects. */
  readonly url: string;
  /** Numeric, if known. */
  readonly remoteHost?: string;
}

/** Options of an exchange. */
export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the document, `end` excluded (`Range`). The server may send others: see the head. */
  readonly range?: { readonly begin: number; readonly end: number };
  /** For redirects and the head; the caller limits the time of the body. */
  readonly headDeadlineMs: number;
  /** The body ends here. */
  readonly maxBodyBytes: number;
}

/** Callbacks of an exchange's owner. */
export interface HttpExchangeHandlers {
  head(head: HttpHead): void;
  /** `chunk` is valid only during the call. */
  bytes(chunk: Uint8Array): void;
  /**
   * Exactly once, in a later turn than `open` or `destroy`.
   * @param error ActorError `http-failed`, `http-deadline`, `http-too-large`, `http-redirect-refused`. Undefined at the end
   *   of the body, and after `destroy`.
   */
  closed(error: Error | undefined): void;
}

/** A GET under way. After close all methods do nothing. */
export interface HttpExchange {
  /** Until `resume` no bytes are taken from the network; those taken before may still be delivered. */
  pause(): void;
  resume(): void;
  /** Ends at once: no further byte is delivered. */
  destroy(): void;
}

/** Options of a client. */
export interface HttpClientOptions {
  /**
   * `any`: as {@link Http.get}. `internet`: for addresses named by strangers, also internet hosts and private addresses
   * only, the latter only for URLs without a query.
   */
  readonly allow: "any" | "internet";
  /** Kept open between exchanges; the one used longest ago gives way. */
  readonly maxConnections: number;
  readonly mayDial?: MayDial;
}

/** Exchanges that share connections. Nothing of it is shared with other clients. */
export interface HttpClient {
  /**
   * A GET whose body comes in chunks, as sent (`identity` is asked for). Redirects are followed (≤ 5) and remembered.
   * Returns at once.
   */
  open(url: string, request: HttpRequest, handlers: HttpExchangeHandlers): HttpExchange;
  /** Ends all exchanges and connections. */
  close(): void;
}

/** HTTP and HTTPS. */
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
      /** `return`: a redirect is the answer, with its `location`, for callers with a rule for each hop. Default `follow`. */
      readonly redirects?: "follow" | "return";
      /** Dials only addresses of this family, of every hop. Without one: `http-failed` with the cause `ENOTFOUND`. */
      readonly family?: 4 | 6;
      readonly headers?: Readonly<Record<string, string>>;
      readonly signal?: AbortSignal;
      readonly mayDial?: MayDial;
    },
  ): Promise<HttpReply>;
  /** A POST; a redirect is refused. @throws as `get`. */
  post(url: string, options: HttpPost): Promise<HttpReply>;

  /** A client for large bodies, open until `close` or the end of the actor. */
  openClient(options: HttpClientOptions): Promise<HttpClient>;
}
