// A list of trackers: a URL a line. Lists of the web have blank lines between the URLs; remarks begin with #.

import { systemSentence, type Http } from "@troupe/actor-runtime";
import { abortable, readBounded } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import { fetchList, isWebAddress } from "../web-address.ts";

/** Bytes of a list; a longer one is refused. */
const mostListBytes = 2 ** 20;
/** Trackers of a list; the rest is left out. */
const mostListedTrackers = 200;
const longestUrl = 2_048;
const fetchDeadlineMs = 30_000;

/** A list that was read. */
export interface ReadTrackerList {
  /** URLs, each once. */
  readonly trackers: readonly string[];
  /** Lines that are no URL of a tracker, and those beyond the bound. */
  readonly skippedLines: number;
}

/**
 * Reads a list.
 *
 * @param source A path, or an `http:` or `https:` address.
 * @throws TroupeError `tracker-list-unreadable`; the reason of `signal`.
 */
export async function readTrackerList(
  source: string,
  http: Pick<Http, "get">,
  signal: AbortSignal,
): Promise<ReadTrackerList> {
  const limits = { deadlineMs: fetchDeadlineMs, maxBodyBytes: mostListBytes, signal };
  const bytes = isWebAddress(source)
    ? await fetchList(source, http, limits, unreadable)
    : await readFileOf(source, signal);
  return trackersIn(new TextDecoder().decode(bytes));
}

/** The trackers of a text. */
export function trackersIn(text: string): ReadTrackerList {
  const lines = text.split(/\r\n|[\r\n]/).map((line) => line.trim());
  const meant = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const urls = meant.filter(isTracker);
  const trackers = [...new Set(urls)].slice(0, mostListedTrackers);
  const named = new Set(trackers);
  return { trackers, skippedLines: meant.filter((line) => !named.has(line)).length };
}

function isTracker(line: string): boolean {
  if (line.length > longestUrl || !/^(?:https?|udp):\/\//i.test(line)) return false;
  const url = URL.parse(line);
  return url !== null && url.hostname !== "";
}

async function readFileOf(path: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await abortable(signal, () => readBounded(path, mostListBytes));
  } catch (cause) {
    signal.throwIfAborted();
    throw unreadable(path, systemSentence(cause), cause);
  }
}

function unreadable(source: string, why: string, cause?: unknown): TroupeError {
  const message = `cannot read the list of trackers ${source}: ${why}`;
  return new TroupeError("tracker-list-unreadable", message, { cause });
}
