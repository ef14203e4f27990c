import { spellBytes } from "@troupe/protocol/text";

/** A download limit that peers wait for. */
export interface ReachedLimit {
  /** The limit of all torrents, of the group, of the torrent, or of each peer. */
  readonly of: "engine" | "group" | "torrent" | "peer";
  readonly bytesPerSecond: number;
}

const scopes: Readonly<Record<ReachedLimit["of"], string>> = {
  engine: "of all torrents",
  group: "of its group",
  torrent: "of this torrent",
  peer: "of each peer",
};

/** The limit in words, without a full stop. */
export function limitSentence({ of, bytesPerSecond }: ReachedLimit): string {
  return `the download limit ${scopes[of]} is reached: ${spellBytes(bytesPerSecond)}/s`;
}
