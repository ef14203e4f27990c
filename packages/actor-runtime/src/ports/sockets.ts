// TCP connections of an actor.

/** A numeric address: never a name. IPv6 without brackets, in lower case. */
export interface Address {
  readonly host: string;
  /** 1 to 65 535; 0 only where the system is asked to choose. */
  readonly port: number;
}

/** One TCP connection. All methods are safe after close (they do nothing). */
export interface Stream {
  readonly remote: Address;
  readonly local: Address;
  /**
   * Queues bytes. The memory belongs to the stream until `written` is called (also when it closes).
   * @returns true when the bytes went out at once or little is queued; false asks the caller to wait for `drained`.
   */
  write(bytes: Uint8Array, written?: () => void): boolean;
  /** Bytes queued here and not yet taken by the kernel. */
  readonly queuedBytes: number;
  /** Stops reading: `bytes` is not called until `resume`. For abuse, rate limits and full mailboxes only. */
  pause(): void;
  resume(): void;
  /** Sends what is queued, then closes; `closed` follows. */
  end(): void;
  /** Closes at once; `closed` follows in a later turn, exactly once. */
  destroy(): void;
}

/** What the owner of a stream answers to. */
export interface StreamHandlers {
  /** The connection stands (dialled ones only). */
  opened?(stream: Stream): void;
  /** Bytes arrived. `chunk` is lent for the duration of the call: its memory is reused afterwards. */
  bytes(stream: Stream, chunk: Uint8Array): void;
  /** The queue is empty again after `write` returned false. */
  drained?(stream: Stream): void;
  /**
   * The end, exactly once, also for a dial that failed.
   * @param reason Undefined for an orderly end by the other side or by us; else a system code
   *   (`ECONNREFUSED`, `ECONNRESET`, `ETIMEDOUT` …) or `dial-timeout`.
   */
  closed(stream: Stream, reason: string | undefined): void;
}

/** A listening socket. */
export interface Listener {
  readonly address: Address;
  close(): Promise<void>;
}

/** Where to listen, and how. */
export interface ListenOptions extends Address {
  /** Lets several threads listen on one port, where the system can (Linux). */
  readonly reusePort?: boolean;
  /** For `::`: take IPv6 only, so that IPv4 can have a socket of its own. */
  readonly ipv6Only?: boolean;
}

/** TCP. */
export interface Sockets {
  /** Dials. Returns at once; `opened` or `closed` follows. */
  dial(
    to: Address,
    handlers: StreamHandlers,
    options: { readonly timeoutMs: number; readonly localHost?: string },
  ): Stream;
  /** Accepts connections. @throws rejects with the system's code (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` …). */
  listen(options: ListenOptions, accept: (stream: Stream) => StreamHandlers): Promise<Listener>;
}
