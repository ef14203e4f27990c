// Bounds between actors, each with what happens at it.

/**
 * Messages (casts, calls and notices) sent by one end of a link and not yet handled by the other. At the bound a cast
 * or call fails with `mailbox-overflow`; a notice waits.
 */
export const linkCredits = 1024;

/** Notices waiting at one end for credits; a further notice fails the sender with `mailbox-overflow`. */
export const waitingNotices: number = linkCredits;

/** Unanswered calls of one end; bounds the replies as well. */
export const outstandingCalls = 256;

/** Unanswered calls of a patient ref: half of what a link allows. Further calls wait. */
export const patientCalls: number = outstandingCalls / 2;
/** Messages that wait in a patient ref; a further message fails with `mailbox-overflow`. */
export const patientMessages = 262_144;

/** Milliseconds until a call without a deadline rejects with `call-deadline`. */
export const defaultCallDeadlineMs = 5_000;

/** Log entries in flight to the parent; further entries are counted and dropped. */
export const logEntriesUnderWay = 1024;

/** Words of a breadcrumb that an input has. */
export const breadcrumbWords = 8;
/** Words behind them: step and subject of the module that was loaded last. */
export const moduleMarkWords = 2;
/** First of an actor's own steps; handler numbers are below. */
export const firstOwnStep = 1_000;
