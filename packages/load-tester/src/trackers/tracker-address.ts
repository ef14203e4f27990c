import { messageOf, type Address, type Ports } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { parseIp } from "@troupe/protocol/address";
import { checkTrackerUrl } from "@troupe/protocol/tracker";

const usualPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** A tracker, ready to be asked. */
export interface TrackerAddress {
  readonly url: string;
  readonly protocol: "udp:" | "http:" | "https:";
  /** Numeric. */
  readonly address: Address;
  readonly family: 4 | 6;
}

/**
 * Resolves the host of a tracker's URL, once for the run.
 *
 * @throws rejects with TroupeError `tracker-url-unusable` or `tracker-not-found`.
 */
export async function trackerAddress(
  text: string | undefined,
  { names }: Pick<Ports, "names">,
): Promise<TrackerAddress> {
  const check = checkTrackerUrl(text ?? "");
  if ("refused" in check) throw unusable(text, check.refused);
  const { protocol, hostname, port: written } = new URL(check.url);
  const port = written === "" ? (usualPorts[protocol] ?? 0) : Number(written);
  if (port === 0) throw unusable(text, "names no port, which a tracker over UDP needs");
  const name = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  let hosts: readonly string[];
  try {
    hosts = await names.resolve(name);
  } catch (error) {
    throw notFound(check.url, messageOf(error), error);
  }
  const [host = name] = hosts;
  const ip = parseIp(host);
  if (ip === undefined) throw notFound(check.url, "its name has no address");
  return {
    url: check.url,
    protocol: protocol as TrackerAddress["protocol"],
    address: { host, port },
    family: ip.length === 4 ? 4 : 6,
  };
}

function unusable(text: string | undefined, reason: string): TroupeError {
  const shown = (text ?? "").slice(0, 100);
  const sentence = `cannot load the tracker "${shown}": the URL ${reason}; allowed are udp, http and https URLs`;
  return new TroupeError("tracker-url-unusable", sentence);
}

function notFound(url: string, reason: string, cause?: unknown): TroupeError {
  const sentence = `cannot load the tracker ${url}: ${reason}`;
  return new TroupeError("tracker-not-found", sentence, { cause });
}
