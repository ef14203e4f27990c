// How far this process has come with running a torrent. No other event changes the state:
//
//   none              start → told, locking, pending; add → pending
//   pending           start, resume → told, locking; locked, engine-restarted → told; unsettled → failing
//   locking           start, resume → told, pending; locked, engine-restarted → told; unsettled → failing
//   locking           refused → none, waiting-for-disk
//   waiting-for-disk  start, retry → told, locking, pending
//   failing           start → told, locking, pending; refused → none, waiting-for-disk
//   told              start, resume → locking, pending
//   each              end, stop → none; add → pending
//
// `told` needs the lock, and no move under way. While the disk of the lock does not answer, the lock is tried every 5 s.

import { silentDiskCode } from "../../silent-disk.ts";
import { noWish, type Wish } from "../../wish.ts";

/** One state of the table. */
type Claim =
  /** Stopped, or failed. */
  | { readonly state: "none" }
  /** Until the end of a move, or of `add`. */
  | { readonly state: "pending" }
  /** `isRetry`: the user's present error is not reported again. */
  | { readonly state: "locking"; readonly attempt: number; readonly isRetry: boolean }
  | { readonly state: "waiting-for-disk"; readonly attempt: number }
  /** A move is not settled; its error follows in a later turn. */
  | { readonly state: "failing"; readonly attempt: number; readonly isRetry: boolean }
  | { readonly state: "told" };

/** The wish for a torrent, and its claim. */
export interface Standing {
  readonly wish: Wish;
  readonly claim: Claim;
  /** Attempts to take the lock. */
  readonly attempts: number;
}

/** The lock and the moves of a torrent. */
export interface LockFacts {
  readonly isHeld: boolean;
  /** No earlier run left a move unfinished. */
  readonly isSettled: boolean;
  readonly isMoving: boolean;
}

/**
 * `resume` follows `add` and the end of a move. `end`: the torrent was removed, or failed; the wish stays.
 */
export type ClaimEvent =
  | { readonly event: "start" | "resume" | "locked" | "engine-restarted"; readonly lock: LockFacts }
  | { readonly event: "pause" | "stop" | "add" | "end" }
  | { readonly event: "unsettled"; readonly attempt: number }
  | { readonly event: "retry"; readonly attempt: number; readonly lock: LockFacts }
  /** `shown`: code of the user's present error. */
  | {
      readonly event: "refused";
      readonly attempt: number;
      readonly error: Error & { readonly code?: string };
      readonly shown: string | undefined;
    };

/** An effect of a transition. */
export type ClaimEffect =
  | { readonly effect: "save-wish" | "tell-engine" }
  | { readonly effect: "take-lock" | "retry-later"; readonly attempt: number }
  | { readonly effect: "report"; readonly error: Error };

/** The next standing, and the effects in order. */
interface ClaimStep {
  readonly standing: Standing;
  readonly effects: readonly ClaimEffect[];
}

/** The standing of a torrent that was not started. */
export const unclaimed: Standing = { wish: noWish, claim: { state: "none" }, attempts: 0 };

/** The user wants the torrent to run, and no error prevents it. */
export function isClaimed({ state }: Claim): boolean {
  return state === "pending" || state === "locking" || state === "told";
}

/** Events outside the table change nothing. */
export function claimAfter(standing: Standing, event: ClaimEvent): ClaimStep {
  const { wish, claim } = standing;
  switch (event.event) {
    case "start":
      return started(standing, event.lock);
    case "pause":
      return only({ ...standing, wish: { ...wish, paused: true } });
    case "stop":
      return stopped(standing);
    case "add":
      return only({ ...standing, wish: { ...wish, run: true }, claim: { state: "pending" } });
    case "resume":
      return isClaimed(claim) ? begun(standing, event.lock) : only(standing);
    case "retry":
      if (claim.state !== "waiting-for-disk" || claim.attempt !== event.attempt)
        return only(standing);
      return begun(standing, event.lock, true);
    case "locked":
      return claim.state === "told" ? only(standing) : told(standing, event.lock);
    case "engine-restarted":
      return told(standing, event.lock);
    case "unsettled":
      return unsettled(standing, event.attempt);
    case "refused":
      return refused(standing, event);
    case "end":
      return only({ ...standing, claim: { state: "none" } });
  }
}

function started(standing: Standing, lock: LockFacts): ClaimStep {
  const next = begun({ ...standing, wish: { run: true, paused: false } }, lock);
  if (standing.wish.run) return next;
  return { ...next, effects: [{ effect: "save-wish" }, ...next.effects] };
}

function stopped(standing: Standing): ClaimStep {
  const next: Standing = { ...standing, wish: noWish, claim: { state: "none" } };
  return { standing: next, effects: standing.wish.run ? [{ effect: "save-wish" }] : [] };
}

function begun(standing: Standing, lock: LockFacts, isRetry = false): ClaimStep {
  if (lock.isMoving) return only({ ...standing, claim: { state: "pending" } });
  if (lock.isHeld && lock.isSettled) return tell(standing);
  const attempt = standing.attempts + 1;
  const claim: Claim = { state: "locking", attempt, isRetry };
  const effects: readonly ClaimEffect[] = [{ effect: "take-lock", attempt }];
  return { standing: { ...standing, claim, attempts: attempt }, effects };
}

function told(standing: Standing, lock: LockFacts): ClaimStep {
  const mayRun = isClaimed(standing.claim) && lock.isHeld && !lock.isMoving;
  return mayRun ? tell(standing) : only(standing);
}

function tell(standing: Standing): ClaimStep {
  const next: Standing = { ...standing, claim: { state: "told" } };
  return { standing: next, effects: [{ effect: "tell-engine" }] };
}

function unsettled(standing: Standing, attempt: number): ClaimStep {
  const { claim } = standing;
  if (claim.state !== "pending" && claim.state !== "locking") return only(standing);
  const isRetry = claim.state === "locking" && claim.isRetry;
  return only({ ...standing, claim: { state: "failing", attempt, isRetry } });
}

function refused(
  standing: Standing,
  { attempt, error, shown }: Extract<ClaimEvent, { readonly event: "refused" }>,
): ClaimStep {
  const { claim } = standing;
  if (claim.state !== "locking" && claim.state !== "failing") return only(standing);
  if (claim.attempt !== attempt) return only(standing);
  const isSilent = error.code === silentDiskCode;
  const next: Claim = isSilent ? { state: "waiting-for-disk", attempt } : { state: "none" };
  const isKnown = claim.isRetry && error.code === shown;
  const effects: ClaimEffect[] = isKnown ? [] : [{ effect: "report", error }];
  if (isSilent) effects.push({ effect: "retry-later", attempt });
  return { standing: { ...standing, claim: next }, effects };
}

function only(standing: Standing): ClaimStep {
  return { standing, effects: [] };
}
