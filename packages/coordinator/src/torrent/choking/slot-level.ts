import type { TorrentWeight } from "@troupe/messages";

/** The slots that each torrent may give. */
export interface SlotLevel {
  readonly least: number;
  readonly most: number;
  /** Torrents of this weight together may give so many slots. */
  readonly slots: number;
  readonly weight: number;
}

/** @returns Slots that a torrent of this weight may give. */
export function slotsAt(
  { least, most, slots, weight }: SlotLevel,
  ofTorrent: TorrentWeight,
): number {
  return Math.max(least, Math.min(most, Math.floor((slots * ofTorrent) / weight)));
}
