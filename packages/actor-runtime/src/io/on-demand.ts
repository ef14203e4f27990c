import type { Http } from "../ports/http.ts";

/** Loads the HTTP of a port at its first use. */
export function httpOnDemand(load: () => Promise<Http>): Http {
  return {
    get: async (url, options) => (await load()).get(url, options),
    post: async (url, options) => (await load()).post(url, options),
    openClient: async (options) => (await load()).openClient(options),
  };
}
