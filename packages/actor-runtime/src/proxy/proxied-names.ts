import { ActorError } from "../failure.ts";
import { isNumericHost, numericHost, withoutBrackets } from "../io/network/address.ts";
import type { Names } from "../ports/names.ts";

/** For callers that need an address: names are refused, since this machine asks no name server. */
export const refusedNames: Names = {
  resolve: async (host) => [addressOf(host)],
  resolveAllowed: async (host) => [addressOf(host)],
};

/** For callers whose sockets take names: a name is its own address. */
export const passedNames: Names = {
  resolve: async (host) => [hostOf(host)],
  resolveAllowed: async (host) => [hostOf(host)],
};

function hostOf(named: string): string {
  const host = withoutBrackets(named);
  return isNumericHost(host) ? numericHost(host) : host.toLowerCase();
}

function addressOf(named: string): string {
  const host = hostOf(named);
  if (isNumericHost(host)) return host;
  throw new ActorError("proxy-no-look-ups", {
    operation: "resolve",
    message: `cannot look up "${host}": names go to the proxy, and no name server is asked`,
    details: { host },
  });
}
