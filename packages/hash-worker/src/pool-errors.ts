import { ActorError } from "@troupe/actor-runtime";

/** @returns `<pool>-queue-full`: the pool's queue is at its bound. */
export function queueFull(pool: string, maxQueued: number): ActorError {
  return new ActorError(`${pool}-queue-full`, {
    operation: `${pool}-task`,
    message: `cannot queue a task of the ${pool} pool: ${maxQueued} wait already`,
    details: { maxQueued },
  });
}

/** @returns `<pool>-closed`, for waiting and later tasks. */
export function poolClosed(pool: string): ActorError {
  return new ActorError(`${pool}-closed`, {
    operation: `${pool}-task`,
    message: `cannot run a task of the ${pool} pool: it is closed`,
  });
}

/** @returns `hybrid-inconsistent`: the torrent itself is wrong, and no sender of its bytes. */
export function halvesDiffer(piece: number): ActorError {
  return new ActorError("hybrid-inconsistent", {
    operation: "verify-piece",
    message: `piece ${piece} is right by version 2 of the torrent and wrong by version 1: the halves differ`,
    details: { piece },
  });
}
