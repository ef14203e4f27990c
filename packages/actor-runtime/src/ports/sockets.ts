/** A numeric address. IPv6 without brackets, in lower case. */
export interface Address {
  readonly host: string;
  /** 1 to 65 535; 0: the system chooses. */
  readonly port: number;
}

/** A TCP connection. After close all methods do nothing. */
export interface Stream {
  readonly remote: Address;
  readonly local: Address;
  /**
   * Queues bytes. The stream owns the memory until it calls `written`, also on close.
   * @returns true when little is queued; false asks the caller to wait for `drained`.
   */
  write(bytes: Uint8Array, written?: () => void): boolean;
  /** Bytes of writes that the kernel has not taken whole. */
  readonly queuedBytes: number;
  /** Bytes that the kernel has taken, of parts of a write too. */
  readonly takenBytes: number;
  /**
   * Whether bytes wait because the stream leaves a full line to others, as uTP does. Absent or undefined: it never does, as
   * TCP.
   */
  readonly isHeldBack?: boolean | undefined;
  /** Until `resume`. For abuse, rate limits and full mailboxes only. */
  pause(): void;
  resume(): void;
  /** Sends the queue before closing; `closed` follows. */
  end(): void;
  /** Closes at once; `closed` follows in a later turn, exactly once. */
  destroy(): void;
  /** Destroys the stream like `destroy`, and the other side gets a reset (`ECONNRESET`). */
  reset(): void;
}

/** Callbacks of a stream's owner. */
export interface StreamHandlers {
  /** For dialled connections. */
  opened?(stream: Stream): void;
  /** `chunk` is valid only during the call: its memory is reused. */
  bytes(stream: Stream, chunk: Uint8Array): void;
  /** After `write` returned false. */
  drained?(stream: Stream): void;
  /**
   * Exactly once, also for a failed dial.
   * @param reason Undefined for an orderly end; else a system code (`ECONNREFUSED`, `ECONNRESET`, `ETIMEDOUT` …) or
   *   `dial-timeout`.
   */
  closed(stream: Stream, reason: string | undefined): void;
}

/** A listening socket. */
export interface Listener {
  readonly address: Address;
  close(): Promise<void>;
}

/** Options of a listening socket. */
export interface ListenOptions extends Address {
  /** For several threads on one port (Linux). */
  readonly reusePort?: boolean;
  /** Leaves IPv4 of `::` to another socket. */
  readonly ipv6Only?: boolean;
}

/** TCP. */
export interface Sockets {
  /** Returns at once; `opened` or `closed` follows. */
  dial(
    to: Address,
    handlers: StreamHandlers,
    options: { readonly timeoutMs: number; readonly localHost?: string },
  ): Stream;
  /** @throws rejects with the system's code (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` …). */
  listen(options: ListenOptions, accept: (stream: Stream) => StreamHandlers): Promise<Listener>;
}
