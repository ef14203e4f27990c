// Reads the list of an IP filter: a file, or the document of an address, which the state folder keeps.

import { messageOf, type Http } from "@troupe/actor-runtime";
import { abortable, readIpFilter, readIpFilterBytes, type ReadIpFilter } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import { fetchList, isWebAddress } from "../web-address.ts";
import { fetchedListBytes, type SavedFilter } from "./saved-filter.ts";

/** A minute: 64 MiB at a megabyte a second. */
const fetchDeadlineMs = 60_000;

/** The network, and the place of the last list. */
export interface FilterPlaces {
  readonly http: Pick<Http, "get">;
  /** Absent without a state folder. */
  readonly saved?: SavedFilter;
}

/**
 * Reads the list of a source, and saves that of an address.
 *
 * @throws TroupeError `option-out-of-range`, `ip-filter-unreadable`, `ip-filter-too-large`, `ip-filter-malformed`; the reason
 *   of `signal`.
 */
export async function readFilterSource(
  source: string,
  { http, saved }: FilterPlaces,
  signal: AbortSignal,
): Promise<ReadIpFilter> {
  if (!isAddress(source)) return await readIpFilter(source, signal);
  const limits = { deadlineMs: fetchDeadlineMs, maxBodyBytes: fetchedListBytes, signal };
  const bytes = await fetchList(source, http, limits, unreadable);
  const read = await readIpFilterBytes(bytes, source, signal);
  try {
    await abortable(signal, async () => await saved?.save(source, bytes));
    return read;
  } catch (cause) {
    signal.throwIfAborted();
    const error = `cannot keep the IP filter in the state folder: ${messageOf(cause)}`;
    return { ...read, status: { ...read.status, error } };
  }
}

/** @returns The list of an address as it was fetched last; undefined for a file, or without a usable list. */
export async function findSavedFilter(
  source: string,
  { saved }: FilterPlaces,
  signal: AbortSignal,
): Promise<ReadIpFilter | undefined> {
  if (saved === undefined || !isAddress(source)) return undefined;
  const bytes = await abortable(signal, () => saved.find(source));
  if (bytes === undefined) return undefined;
  return await readIpFilterBytes(bytes, source, signal).catch(() => undefined);
}

function isAddress(source: unknown): source is string {
  return typeof source === "string" && isWebAddress(source);
}

function unreadable(source: string, why: string, cause?: unknown): TroupeError {
  const message = `cannot use the IP filter ${source}: ${why}`;
  return new TroupeError("ip-filter-unreadable", message, { cause });
}
