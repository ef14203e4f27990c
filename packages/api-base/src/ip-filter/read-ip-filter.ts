import { AddressRanges } from "@troupe/messages";
import { abortable } from "../abortable.ts";
import { fileOf } from "../options/option-values.ts";
import { loadIpFilter, loadIpFilterBytes, type LoadedIpFilter } from "./load-ip-filter.ts";

/** An IP filter in force: its addresses are neither dialled nor accepted. */
export interface IpFilterStatus {
  /** An absolute path, or an address. */
  readonly path: string;
  /** Disjoint ranges; a list may have more. */
  readonly ranges: number;
  /** Lines that were not understood. */
  readonly skippedLines: number;
  /** Counted from 1. */
  readonly firstSkippedLine?: number;
  /** Why the list could not be read again, or could not be kept in the state folder, as a sentence. The ranges hold. */
  readonly error?: string;
}

/** A list that was read. */
export interface ReadIpFilter {
  readonly status: IpFilterStatus;
  /** {@link AddressRanges}, for the threads. */
  readonly ranges: SharedArrayBuffer;
}

/**
 * @throws TroupeError `option-out-of-range`, `ip-filter-unreadable`, `ip-filter-too-large`, `ip-filter-malformed`; the reason
 *   of `signal`.
 */
export async function readIpFilter(path: string, signal?: AbortSignal): Promise<ReadIpFilter> {
  const absolute = fileOf("ipFilter", path);
  // The signal also ends the wait for a disk that does not answer.
  const loaded = await abortable(signal, () => loadIpFilter(absolute, signal));
  return { status: statusOf(absolute, loaded), ranges: loaded.memory };
}

/**
 * Reads a list that is in memory.
 *
 * @param source The origin of the bytes.
 * @throws TroupeError as {@link readIpFilter}.
 */
export async function readIpFilterBytes(
  bytes: Uint8Array,
  source: string,
  signal?: AbortSignal,
): Promise<ReadIpFilter> {
  const loaded = await loadIpFilterBytes(bytes, source, signal);
  return { status: statusOf(source, loaded), ranges: loaded.memory };
}

function statusOf(path: string, { memory, ...lines }: LoadedIpFilter): IpFilterStatus {
  return { path, ranges: new AddressRanges(memory).count, ...lines };
}
