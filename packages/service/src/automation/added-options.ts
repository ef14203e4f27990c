import type { FeedRule } from "./feeds/rules/feed-rule.ts";

/** Values by which a setting adds torrents. */
type AddedOptions = Pick<FeedRule, "directory" | "group" | "labels" | "state">;

/** The options of `add` that a setting of a service has. */
export function addedOptions({ directory, group, labels, state }: AddedOptions): AddedOptions {
  return {
    ...(directory !== undefined && { directory }),
    ...(group !== undefined && { group }),
    ...(labels !== undefined && { labels }),
    ...(state !== undefined && { state }),
  };
}
