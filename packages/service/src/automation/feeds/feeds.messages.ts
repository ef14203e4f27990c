// Messages of the actor `feed-reader`, and the items that it reads.

import type { Call } from "@troupe/actor-runtime";

/** An item of a feed. */
export interface FeedItem {
  /** Tells it from other items of its feed, 2,048 characters at most. */
  readonly id: string;
  /** Without control characters, 512 characters at most. */
  readonly title: string;
  /** An http or https URL, or a magnet link. Absent: there is no torrent. */
  readonly link?: string;
  readonly sizeBytes?: number;
  /** Milliseconds since 1970. */
  readonly publishedMs?: number;
  readonly seeders?: number;
}

/** A feed that was read, or the end of a sentence about it. */
export type ReadFeed =
  | { readonly kind: "feed"; readonly items: readonly FeedItem[]; readonly ttlMinutes?: number }
  /** It exceeds a bound, or has what is not read. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "malformed"; readonly message: string };

/** Settings of the actor. */
export interface FeedReaderOptions {
  /**
   * Two words, by which its owner sees a title that takes too long: the titles that were begun, and the number of the thread
   * at the system.
   */
  readonly progress: SharedArrayBuffer;
}

/** Messages of the actor. */
export type FeedReaderProtocol = {
  "read-feed": Call<{ readonly bytes: Uint8Array; readonly url: string }, ReadFeed>;
  /** A pattern of a user, by the flag `u`. The answer has the indexes of the titles that it finds. */
  "match-titles": Call<
    { readonly pattern: string; readonly titles: readonly string[] },
    { readonly found: readonly number[] }
  >;
};
