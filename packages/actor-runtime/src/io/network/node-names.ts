import type { Names } from "../../ports/names.ts";
import { firstHopAddresses } from "../http/http-policy.ts";
import type { Resolver } from "./resolver.ts";

/** The real {@link Names}. */
export function nodeNames(resolver: Resolver): Names {
  return {
    resolve: async (host) => (await resolver.resolve(host)).addresses,
    resolveAllowed: async (host) => firstHopAddresses(host, await resolver.resolve(host)),
  };
}
