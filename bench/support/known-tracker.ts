// The tracker in C, whose delays and counts are known.

import { KnownProcess, type KnownDelays } from "./known-process.ts";

/** `announces` = `answered` + `dropped` + `waiting` + `gone`. */
export interface KnownTrackerCounts {
  /** TCP connections. */
  readonly connections: number;
  /** Without farewells, which are counted apart. */
  readonly announces: number;
  readonly httpAnnounces: number;
  readonly udpAnnounces: number;
  readonly udpConnects: number;
  /** Announces of clients that leave, answered at once. */
  readonly farewells: number;
  /** Requests that are no announce. */
  readonly other: number;
  readonly answered: number;
  /** Announces whose answer was delayed longer. */
  readonly slow: number;
  readonly dropped: number;
  /** Answers whose connection had ended before they were due. */
  readonly gone: number;
  /** Answers that were not due yet. */
  readonly waiting: number;
}

/** Starts a tracker over HTTP and UDP, at one port. @param closes Each HTTP connection ends after its reply. */
export async function startKnownTracker(
  delays: KnownDelays = {},
  closes = false,
): Promise<KnownProcess<KnownTrackerCounts>> {
  const source = new URL("known-tracker.c", import.meta.url);
  return await KnownProcess.start<KnownTrackerCounts>(source, delays, closes ? ["--close"] : []);
}

/** The tracker's URL. */
export function knownTrackerUrl(
  { host, port }: { readonly host: string; readonly port: number },
  scheme: "http" | "udp",
): string {
  return `${scheme}://${host}:${port}/announce`;
}
