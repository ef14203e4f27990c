// The categories, tags and trackers of all torrents, kept up with the rows: a list of 10,000 torrents is not walked for each change.

import type { TorrentRow } from "../view/torrent-row.ts";
import { trackersInForce } from "../view/trackers-in-force.ts";

/** Names whose torrents have changed, each with whether it was there before. */
export type ChangedNames = ReadonlyMap<string, boolean>;

/** Torrents (info-hashes) by the name of what they have. */
export class NamedTorrents {
  readonly #torrents = new Map<string, Set<string>>();

  get names(): readonly string[] {
    return [...this.#torrents.keys()];
  }

  has(name: string): boolean {
    return this.#torrents.has(name);
  }

  /** In the order in which they got the name. */
  of(name: string): readonly string[] {
    return [...(this.#torrents.get(name) ?? [])];
  }

  /** Replaces the names of a torrent. @param changed Takes the names that the torrent gets and loses. */
  replace(
    torrent: string,
    before: ReadonlySet<string>,
    now: ReadonlySet<string>,
    changed: Map<string, boolean>,
  ): void {
    for (const name of without(before, now)) {
      note(changed, name, true);
      const others = this.#torrents.get(name);
      others?.delete(torrent);
      if (others?.size === 0) this.#torrents.delete(name);
    }
    for (const name of without(now, before)) {
      note(changed, name, this.has(name));
      const others = this.#torrents.get(name) ?? new Set();
      this.#torrents.set(name, others.add(torrent));
    }
  }
}

/** Names that have changed in the lists of a time. */
export class GroupLog {
  readonly tags = new Map<string, boolean>();
  readonly trackers = new Map<string, boolean>();

  /** Takes what has changed afterwards. */
  follow(later: GroupLog): void {
    for (const [name, wasThere] of later.tags) note(this.tags, name, wasThere);
    for (const [url, wasThere] of later.trackers) note(this.trackers, url, wasThere);
  }
}

/** The lists of the last answer. */
export class ListedGroups {
  /** Categories, whose changes no log has. */
  readonly groups = new NamedTorrents();
  readonly tags = new NamedTorrents();
  readonly trackers = new NamedTorrents();

  /** @param before, now Rows of one torrent; undefined: it is not there. */
  replace(before: TorrentRow | undefined, now: TorrentRow | undefined, log: GroupLog): void {
    const torrent = (now ?? before)?.torrent ?? "";
    this.groups.replace(torrent, groupIn(before), groupIn(now), new Map());
    this.tags.replace(torrent, tagsIn(before), tagsIn(now), log.tags);
    this.trackers.replace(torrent, trackersIn(before), trackersIn(now), log.trackers);
  }
}

function without(names: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] {
  return [...names].filter((name) => !others.has(name));
}

/** The first change counts. */
function note(changed: Map<string, boolean>, name: string, wasThere: boolean): void {
  if (!changed.has(name)) changed.set(name, wasThere);
}

function groupIn(row: TorrentRow | undefined): ReadonlySet<string> {
  return new Set(row?.group === undefined ? [] : [row.group]);
}

function tagsIn(row: TorrentRow | undefined): ReadonlySet<string> {
  return new Set(row?.labels);
}

function trackersIn(row: TorrentRow | undefined): ReadonlySet<string> {
  return new Set(row && trackersInForce(row).flat());
}
