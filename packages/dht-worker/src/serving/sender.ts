import {
  type AddressClass,
  addressKey,
  classifyAddress,
  classifyIp4,
  ip4Number,
  subscriberOf,
} from "@troupe/protocol/address";

/** See {@link Sender}. A map finds a number in a fraction of the time of a text that is new. */
export type SenderKey = number | string;

/** The address that a datagram claims to come from. */
export interface Sender {
  readonly host: string;
  readonly port: number;
  /**
   * The key of its bounds: the subscriber; of a local address, which many clients of a machine or home share, host and
   * port. A number for IPv4.
   */
  readonly key: SenderKey;
  readonly addressClass: AddressClass;
}

/** @param host Numeric, as the socket reports it. */
export function senderOf(host: string, port: number): Sender {
  const ip4 = ip4Number(host);
  if (ip4 !== undefined) return senderOfIp4(host, port, ip4);
  const subscriber = subscriberOf(host);
  if (subscriber === undefined)
    return { host, port, key: addressKey(host, port), addressClass: classifyAddress(host) };
  return { host, port, key: ip4Number(subscriber) ?? subscriber, addressClass: "internet" };
}

function senderOfIp4(host: string, port: number, ip4: number): Sender {
  const addressClass = classifyIp4(ip4);
  // A negative number is the key of no subscriber.
  const key = addressClass === "internet" ? ip4 : -(ip4 * 65_536 + port);
  return { host, port, key, addressClass };
}
