/** The address that a proxy names in its reply. */
export interface ProxyAddress {
  /** A numeric address or a name; `0.0.0.0` or `::` means the address of the proxy itself. */
  readonly host: string;
  readonly port: number;
}

/**
 * The reason why a proxy opens no way. `proxy-login`: it refuses user and password, or asks for them. `proxy-refused`: it
 * refuses the target. `proxy-malformed`: its bytes are not a reply. A system code says what the proxy met at the target.
 */
export type ProxyRefusal =
  | "ECONNREFUSED"
  | "EHOSTUNREACH"
  | "ENETUNREACH"
  | "ETIMEDOUT"
  | "proxy-login"
  | "proxy-malformed"
  | "proxy-refused";

/** The state of a handshake with a proxy, after bytes of the proxy. */
export type ProxyStep =
  /** The reply is not complete. */
  | { readonly kind: "more" }
  | {
      readonly kind: "open";
      /** For UDP: where datagrams go. Undefined where the protocol names none. */
      readonly bound: ProxyAddress | undefined;
      /** Bytes behind the reply, which are the target's. A view of the chunk. */
      readonly rest: Uint8Array;
    }
  | { readonly kind: "refused"; readonly reason: ProxyRefusal };

/** One side of a handshake: ours. */
export interface ProxyDialog {
  /** Sends what the handshake begins with. */
  begin(): void;
  /** @param chunk Read during the call only. Nothing may be given after a step other than `more`. */
  receive(chunk: Uint8Array): ProxyStep;
}
