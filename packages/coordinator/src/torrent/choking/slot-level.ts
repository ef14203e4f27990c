import type { TorrentWeight } from "@troupe/messages";

/** The slots that each torrent may give. */
export interface SlotLevel {
  readonly least: number;
  readonly most: number;
  /** Torrents of this weight together may give so many slots. */
  readonly slots: number;
  readonly weight: number;
}

/** The levels of all torrents together. */
export interface SlotLevels {
  /** Upload slots of all torrents; infinite with `uploadSlots: "all"`. */
  readonly total: number;
  readonly level: SlotLevel;
  /** Levels of the groups that would give more slots than they may, by name. */
  readonly groups: ReadonlyMap<string, SlotLevel>;
}

/** @returns Slots that a torrent of this group and weight may give. */
export function slotsOf(
  { level, groups }: SlotLevels,
  { group, weight }: { readonly group?: string | undefined; readonly weight: TorrentWeight },
): number {
  const ofGroup = group === undefined ? undefined : groups.get(group);
  return slotsAt(ofGroup ?? level, weight);
}

/** @returns Slots that a torrent of this weight may give. */
export function slotsAt(
  { least, most, slots, weight }: SlotLevel,
  ofTorrent: TorrentWeight,
): number {
  return Math.max(least, Math.min(most, Math.floor((slots * ofTorrent) / weight)));
}
