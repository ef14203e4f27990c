/**
 * Limits of a call about a torrent. A stop takes 2 s at most, a scrape 20 s. An engine that hangs is ended sooner by its
 * supervisor; one that starts thousands of torrents answers late. A thousand torrents may be added, asked, stopped or removed at
 * once: a call that waits for room is not late.
 */
export const callLimits = { deadlineMs: 30_000, isWaitCounted: false };
