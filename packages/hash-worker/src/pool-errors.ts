// What callers of a pool hear when it takes nothing. The codes begin with the pool's name.

import { ActorError } from "@troupe/actor-runtime";

/** @returns `<pool>-queue-full`: the caller gave more than the pool's bound. */
export function queueFull(pool: string, maxQueued: number): ActorError {
  return new ActorError(`${pool}-queue-full`, {
    operation: `${pool}-task`,
    message: `cannot queue a task of the ${pool} pool: ${maxQueued} wait already`,
    details: { maxQueued },
  });
}

/** @returns `<pool>-closed`: for what waits when the pool is closed, and what comes after. */
export function poolClosed(pool: string): ActorError {
  return new ActorError(`${pool}-closed`, {
    operation: `${pool}-task`,
    message: `cannot run a task of the ${pool} pool: it is closed`,
  });
}
