import type { Names } from "../../ports/names.ts";
import { firstHopAddresses } from "../http/http-policy.ts";
import type { HostResolver } from "./resolver.ts";

/** The real {@link Names}. */
export function nodeNames(resolver: HostResolver): Names {
  return {
    resolve: async (host) => (await resolver.resolve(host)).addresses,
    resolveAllowed: async (host) => firstHopAddresses(host, await resolver.resolve(host)),
  };
}
