/** The totals that torrents count. */
export const byteTotals = [
  "downloadedBytes",
  "uploadedBytes",
  "wastedBytes",
  "protocolDownBytes",
  "protocolUpBytes",
] as const;

/** The parts of the totals that went over uTP. */
export const utpTotals = [
  "utpDownloadedBytes",
  "utpUploadedBytes",
  "utpProtocolDownBytes",
  "utpProtocolUpBytes",
] as const;

/** Sums over all torrents of an engine, or of all engines that have run on a state folder. Whole numbers. */
export interface Totals {
  /** Payload of peers and web seeds, each byte that came. */
  readonly downloadedBytes: number;
  /** Payload to peers. */
  readonly uploadedBytes: number;
  /** Payload that was of no use: duplicates, and blocks that were not requested. */
  readonly wastedBytes: number;
  /** Bytes of connections to peers that are no payload. */
  readonly protocolDownBytes: number;
  readonly protocolUpBytes: number;
  /** Time for which engines have run; of engines that ran side by side the sum. */
  readonly activeSeconds: number;
  /** Engines that have moved a byte. */
  readonly sessions: number;
}

/** No total. */
export const noTotals: Totals = {
  downloadedBytes: 0,
  uploadedBytes: 0,
  wastedBytes: 0,
  protocolDownBytes: 0,
  protocolUpBytes: 0,
  activeSeconds: 0,
  sessions: 0,
};

/** Totals whose each value a function gives. */
export function mapTotals(valueOf: (name: keyof Totals) => number): Totals {
  return {
    downloadedBytes: valueOf("downloadedBytes"),
    uploadedBytes: valueOf("uploadedBytes"),
    wastedBytes: valueOf("wastedBytes"),
    protocolDownBytes: valueOf("protocolDownBytes"),
    protocolUpBytes: valueOf("protocolUpBytes"),
    activeSeconds: valueOf("activeSeconds"),
    sessions: valueOf("sessions"),
  };
}

/** Amounts to add once: a number that was seen before, or a lower one, changes nothing. */
export interface AddTotals {
  readonly amounts: Totals;
  /** Random, of the engine that adds. */
  readonly adder: string;
  /** Grows with each addition of the adder, from 1 on. */
  readonly sequence: number;
}
