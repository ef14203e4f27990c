// The counts of a torrent at its trackers, without an announce.

import { asFault, type Http, type MayDial, type Names, type Timers } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { TrackerScrape } from "@troupe/messages";
import type { ScrapeCounts } from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import { trackerAddress, type TrackerAddress } from "../tracker-address.ts";
import { dialled, resolveTracker } from "../tracker-names.ts";
import type { TransportLimits } from "../transport-limits.ts";
import { familyOf } from "../udp/udp-exchange.ts";
import type { UdpTrackers } from "../udp/udp-trackers.ts";
import { scrapeOverHttp } from "./http-scrape.ts";

/** Time limit of one tracker, with the wait for a place: a UDP datagram is sent twice. */
const scrapeDeadlineMs = 20_000;

/** The means of a scrape. */
interface ScrapeServices {
  readonly http: Pick<Http, "get">;
  readonly names: Names;
  readonly timers: Timers;
  readonly udpTrackers: Pick<UdpTrackers, "findAnswering" | "scrape">;
  readonly limits: TransportLimits;
}

/** The torrent of a scrape. */
interface ScrapedTorrent {
  readonly infoHash: InfoHash;
  /** The addresses that a tracker may be reached at. Undefined: all. */
  readonly hostsOf?: (url: string) => MayDial | undefined;
}

interface ScrapeRequest extends TrackerAddress, Pick<ScrapedTorrent, "infoHash"> {
  readonly url: string;
  readonly mayDial: MayDial | undefined;
  readonly signal: AbortSignal;
}

type Counts = Partial<ScrapeCounts>;

/** Asks all trackers at once, each for 20 s at most. @returns In the order of the URLs, counts or an error each. */
export async function scrapeTrackers(
  services: ScrapeServices,
  urls: readonly string[],
  torrent: ScrapedTorrent,
): Promise<TrackerScrape[]> {
  const scrape = async (url: string): Promise<TrackerScrape> => {
    try {
      return { url, ...(await scrapeInTime(services, url, torrent)) };
    } catch (error) {
      return { url, error: asFault(error, "tracker-failed") };
    }
  };
  return await Promise.all(urls.map(scrape));
}

async function scrapeInTime(
  services: ScrapeServices,
  url: string,
  { infoHash, hostsOf }: ScrapedTorrent,
): Promise<Counts> {
  const address = trackerAddress(url);
  if (address === undefined) throw unsupported(url);
  const deadline = new AbortController();
  const { signal } = deadline;
  const timer = services.timers.after(scrapeDeadlineMs, () => deadline.abort(silent(address)));
  try {
    const mayDial = hostsOf?.(url);
    return await scrapeInPlace(services, { ...address, infoHash, mayDial, url, signal });
  } catch (error) {
    // The transport's error would only say that it was aborted.
    throw signal.aborted ? signal.reason : error;
  } finally {
    timer.cancel();
  }
}

async function scrapeInPlace(services: ScrapeServices, request: ScrapeRequest): Promise<Counts> {
  const { transport, host, signal } = request;
  const free = await services.limits[transport].take({ host, urgency: "seed", signal });
  try {
    return await scrapeOver[transport](services, request);
  } finally {
    free();
  }
}

const scrapeOver = {
  http: ({ http }: ScrapeServices, { url, infoHash, mayDial, signal }: ScrapeRequest) =>
    scrapeOverHttp(http, url, infoHash, {
      ...{ deadlineMs: scrapeDeadlineMs, signal },
      ...(mayDial !== undefined && { mayDial }),
    }),
  udp: scrapeOverUdp,
};

/** Asks an address of each family that answers; the first reply counts. */
async function scrapeOverUdp(
  { names, udpTrackers }: ScrapeServices,
  { host, port, infoHash, mayDial, signal }: ScrapeRequest,
): Promise<Counts> {
  const hosts = dialled(host, await resolveTracker(names, host), mayDial);
  const answered = new AbortController();
  const asked = ([4, 6] as const).flatMap((family) => {
    const addresses = hosts
      .filter((each) => familyOf({ host: each }) === family)
      .map((each) => ({ host: each, port }));
    if (addresses.length === 0) return [];
    const until = AbortSignal.any([signal, answered.signal]);
    const found = udpTrackers.findAnswering(addresses, { signal: until });
    return [found.then((address) => udpTrackers.scrape(address, [infoHash], until))];
  });
  try {
    const [counts = {}] = await Promise.any(asked);
    return counts;
  } catch (error) {
    throw (error as AggregateError).errors[0];
  } finally {
    answered.abort();
  }
}

function silent({ host }: TrackerAddress): TroupeError {
  return new TroupeError("tracker-silent", `the tracker ${host} did not answer in 20 s`);
}

function unsupported(url: string): TroupeError {
  return new TroupeError(
    "tracker-scheme-unsupported",
    `the tracker cannot be scraped: its address begins with ${url.slice(0, url.indexOf(":"))}, allowed are http, https and udp`,
  );
}
