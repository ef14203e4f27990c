import { codeOf, type Http, type MayDial } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { decodeScrapeReply, scrapeUrl, type ScrapeCounts } from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";

/** Inflated bytes. */
const replyLimitBytes = 1 << 20;
const noPeers: ScrapeCounts = { complete: 0, downloaded: 0, incomplete: 0 };

/**
 * Scrapes one torrent at an HTTP(S) tracker (BEP 48).
 *
 * @returns Zeros for a torrent that the tracker does not know.
 * @throws TroupeError `scrape-unsupported` for a tracker's URL without a URL for scrapes, `tracker-status`; ProtocolError
 *   `tracker-refused` or a decoding code; ActorError `http-…` from the transport.
 */
export async function scrapeOverHttp(
  http: Pick<Http, "get">,
  url: string,
  infoHash: InfoHash,
  limits: {
    readonly deadlineMs: number;
    readonly signal: AbortSignal;
    readonly mayDial?: MayDial;
  },
): Promise<Partial<ScrapeCounts>> {
  const address = scrapeUrl(url, [infoHash]);
  if (address === undefined) {
    throw new TroupeError(
      "scrape-unsupported",
      "the tracker cannot be scraped: the path of its address does not end in announce",
    );
  }
  const { status, body } = await http.get(address, { ...limits, maxBodyBytes: replyLimitBytes });
  try {
    return decodeScrapeReply(body, infoHash) ?? noPeers;
  } catch (error) {
    if (status === 200 || codeOf(error) === "tracker-refused") throw error;
    throw new TroupeError(
      "tracker-status",
      `the tracker answered with HTTP status ${status}, where 200 is wanted`,
      { details: { status } },
    );
  }
}
