/** A listen address, or the source of a connection. */
export interface PeerAddress {
  /** IPv4 or IPv6 as text, without brackets. */
  readonly host: string;
  /** 0 to 65,535; 0 cannot be dialled. */
  readonly port: number;
}
