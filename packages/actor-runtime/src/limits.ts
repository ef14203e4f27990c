// Bounds on what is under way between actors; docs/limits.md tells what happens at each.

/**
 * Messages (casts, calls and notices together) that one end of a link may have sent and the other end has not
 * yet handled. At the bound a cast or call fails with `mailbox-overflow`; a notice waits, see below.
 */
export const linkCredits = 1024;

/** Notices that wait at one end of a link for credits; one more fails the sender with `mailbox-overflow`. */
export const waitingNotices: number = linkCredits;

/** Calls that one end of a link may have unanswered; it bounds the replies under way as well. */
export const outstandingCalls = 256;

/** Milliseconds until a call without a deadline of its own rejects with `call-deadline`. */
export const defaultCallDeadlineMs = 5_000;

/** Log entries that a thread may have under way to its parent; further ones are counted and dropped. */
export const logEntriesUnderWay = 1024;

/** Words of a breadcrumb. */
export const breadcrumbWords = 8;
/** Steps below it are the numbers of an actor's handlers. */
export const firstOwnStep = 1_000;
