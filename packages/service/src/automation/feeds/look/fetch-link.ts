// Fetches of feeds and of their links. Each hop of a redirect has its own rule, so that a port counts too.

import type { Http, MayDial } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";

/** A feed or a link that takes longer is given up, with its redirects. */
const fetchDeadlineMs = 30_000;
/** Redirects of a fetch; at one more it fails. */
const mostRedirects = 5;
/** A feed that is longer, inflated, is refused. */
export const mostFeedBytes = 2 * 1_024 ** 2;

/** The rule of a hop. Undefined: any address that a user may name. */
export type HopRule = (url: URL) => MayDial | undefined;

/** The end of a fetch: an answer of a server, or a magnet link that a server leads to. */
type Fetched =
  | {
      readonly kind: "body";
      readonly status: number;
      readonly body: Uint8Array;
      readonly url: string;
      readonly etag?: string;
      readonly lastModified?: string;
    }
  | { readonly kind: "magnet"; readonly link: string };

interface FetchOptions {
  readonly http: Pick<Http, "get">;
  readonly rule: HopRule;
  readonly mostBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** A redirect may lead to a magnet link, as indexers do it. Default false. */
  readonly takesMagnets?: boolean;
}

/**
 * Makes the rule for the hops of a feed and its links.
 *
 * @param own The feed, if its user may name local hosts: a fetch may be there, by scheme, host and port, as long as it has been
 *   nowhere else.
 * @param strangers The rule for all other hosts.
 */
export function hopRule(own: string | undefined, strangers: MayDial): HopRule {
  const origin = own === undefined ? undefined : URL.parse(own)?.origin;
  let isOwn = true;
  return (url) => {
    isOwn &&= url.origin === origin;
    return isOwn ? undefined : strangers;
  };
}

/** Fetches a URL. @throws rejects with TroupeError `feed-not-fetched`, ActorError as `Http.get` */
export async function fetchLink(first: string, options: FetchOptions): Promise<Fetched> {
  const { headers, http, mostBytes, rule, takesMagnets = false } = options;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(fetchDeadlineMs)]);
  let url = URL.parse(first);
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    if (takesMagnets && url?.protocol === "magnet:") return { kind: "magnet", link: url.href };
    if (url === null || !/^https?:$/.test(url.protocol)) throw notFetched(first, schemeFault);
    const mayDial = rule(url);
    const reply = await http.get(url.href, {
      ...{ deadlineMs: fetchDeadlineMs, maxBodyBytes: mostBytes, redirects: "return", signal },
      ...(headers !== undefined && { headers }),
      ...(mayDial !== undefined && { mayDial }),
    });
    if (reply.location === undefined) return { kind: "body", ...reply };
    url = URL.parse(reply.location, url);
  }
  throw notFetched(first, `it redirects more than ${mostRedirects} times`);
}

const schemeFault = "it leads to what is no http or https address";

/** The error of a fetch. The message names the host alone: a passkey may stand behind it. */
export function notFetched(url: string, reason: string): TroupeError {
  const host = URL.parse(url)?.host ?? "a feed";
  return new TroupeError("feed-not-fetched", `cannot fetch from ${host}: ${reason}`);
}
