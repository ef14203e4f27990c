import { addressKey, subscriberOf } from "@troupe/protocol";

/** The address that a datagram claims to come from. */
export interface Sender {
  readonly host: string;
  readonly port: number;
  /**
   * The key of its bounds: the subscriber; of a local address, which many clients of a machine or home share, host and
   * port.
   */
  readonly key: string;
  /** Loopback, private and link-local addresses, see `classifyAddress`. */
  readonly isLocal: boolean;
}

/** @param host Numeric, as the socket reports it. */
export function senderOf(host: string, port: number): Sender {
  const subscriber = subscriberOf(host);
  const key = subscriber ?? addressKey(host, port);
  return { host, port, key, isLocal: subscriber === undefined };
}
