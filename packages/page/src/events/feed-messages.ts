// Messages between the tabs of the page and the holder of their one stream of events.

import type { ListRow } from "./list-row.ts";

/** The state of the stream. */
export type Connection =
  | "connecting"
  /** All rows are right. */
  | "live"
  /** It ended, and is tried again. */
  | "lost"
  /** The service wants a login. */
  | "refused";

/** A message to a tab. */
export type FeedMessage =
  | { readonly kind: "connection"; readonly connection: Connection }
  | {
      readonly kind: "rows";
      readonly rows: readonly ListRow[];
      readonly removed: readonly string[];
      /** Rows that are not named here or in a later message are gone. */
      readonly isAnew: boolean;
    }
  /** An event that is not of rows: its name and its data, as docs/service-api.md has them. */
  | { readonly kind: "note"; readonly event: string; readonly data: unknown };

/** A message of a tab. */
export type TabMessage =
  /** A hidden tab gets nothing; shown again, it gets what changed meanwhile. */
  | { readonly kind: "shown"; readonly isShown: boolean }
  /** The caller is known, or the network is back: the stream is tried now. */
  | { readonly kind: "try-now" }
  /** The tab closes. */
  | { readonly kind: "bye" };
