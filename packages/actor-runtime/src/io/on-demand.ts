import type { Http } from "../ports/http.ts";
import type { Ports } from "../ports/ports.ts";

/** Requests and look-ups. */
type Web = Pick<Ports, "http" | "names">;

/** Loads the HTTP of a port at its first use. */
export function httpOnDemand(load: () => Promise<Http>): Http {
  return {
    get: async (url, options) => (await load()).get(url, options),
    post: async (url, options) => (await load()).post(url, options),
    openClient: async (options) => (await load()).openClient(options),
  };
}

/** Loads requests and look-ups at the first use, which most threads never make. */
export function webOnDemand(load: () => Promise<Web>): Web {
  let loaded: Promise<Web> | undefined;
  const web = async (): Promise<Web> => await (loaded ??= load());
  return {
    http: httpOnDemand(async () => (await web()).http),
    names: {
      resolve: async (host) => (await web()).names.resolve(host),
      resolveAllowed: async (host) => (await web()).names.resolveAllowed(host),
    },
  };
}
