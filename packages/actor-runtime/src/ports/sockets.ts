/** A numeric address, never a name. IPv6 without brackets, in lower case. */
export interface Address {
  readonly host: string;
  /** 1 to 65 535; 0 where the system shall choose. */
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
  /** Bytes queued and not taken by the kernel. */
  readonly queuedBytes: number;
  /** Stops reading until `resume`. For abuse, rate limits and full mailboxes only. */
  pause(): void;
  resume(): void;
  /** Sends the queue, then closes; `closed` follows. */
  end(): void;
  /** Closes at once; `closed` follows in a later turn, exactly once. */
  destroy(): void;
}

/** Callbacks of a stream's owner. */
export interface StreamHandlers {
  /** A dialled connection is established. */
  opened?(stream: Stream): void;
  /** `chunk` is valid only during the call: its memory is reused. */
  bytes(stream: Stream, chunk: Uint8Array): void;
  /** The queue is empty after `write` returned false. */
  drained?(stream: Stream): void;
  /**
   * The end, exactly once, also for a failed dial.
   * @param reason Undefined for an orderly end by either side; else a system code (`ECONNREFUSED`, `ECONNRESET`,
   *   `ETIMEDOUT` …)
   * or `dial-timeout`.
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
  /** Several threads may listen on the port, where the system can (Linux). */
  readonly reusePort?: boolean;
  /** For `::`: IPv6 only, which leaves IPv4 to a socket of its own. */
  readonly ipv6Only?: boolean;
}

/** TCP. */
export interface Sockets {
  /** Dials and returns at once; `opened` or `closed` follows. */
  dial(
    to: Address,
    handlers: StreamHandlers,
    options: { readonly timeoutMs: number; readonly localHost?: string },
  ): Stream;
  /** Accepts connections. @throws rejects with the system's code (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` …). */
  listen(options: ListenOptions, accept: (stream: Stream) => StreamHandlers): Promise<Listener>;
}
