import { isLoopbackAddress } from "@troupe/protocol/address";
import { socketAddress } from "./address-key.ts";
import { refuse, type Refusal } from "./refusal.ts";

/**
 * Holds that only programs of this machine call without a credential.
 * @param listenAddresses Numeric ones after the look-up of names, or `socket`.
 * @returns The refusal `no-auth-not-allowed` with the first other address; undefined where all are allowed.
 */
export function refuseNoAuth(listenAddresses: readonly string[]): Refusal | undefined {
  const other = listenAddresses.find(
    (address) => address !== socketAddress && !isLoopbackAddress(address),
  );
  if (other === undefined) return undefined;
  const message = `cannot listen on ${other} without a password: --no-auth is allowed on loopback addresses and a Unix socket`;
  return refuse(400, "no-auth-not-allowed", message);
}
