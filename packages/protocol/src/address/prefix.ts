import { parseIp } from "./ip-address.ts";

/**
 * @param network Any address of the network.
 * @param prefixLength Leading bits that the addresses of the network share.
 * @returns Whether `host` is an address of the network; false for addresses of two families and other text.
 */
export function isInNetwork(host: string, network: string, prefixLength: number): boolean {
  const [one, other] = [parseIp(host), parseIp(network)];
  if (one === undefined || other === undefined || one.length !== other.length) return false;
  return one.every((byte, at) => {
    const bits = Math.min(8, Math.max(0, prefixLength - 8 * at));
    return (byte ^ (other[at] ?? 0)) >> (8 - bits) === 0;
  });
}
