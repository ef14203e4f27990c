import { ownIdentity } from "@troupe/protocol/client-identity";
import type { NetworkRules } from "../../ports/network-rules.ts";

/** The rules of a program that sets none. */
export const defaultNetworkRules: NetworkRules = {
  families: [4, 6],
  userAgent: ownIdentity.userAgent,
};
