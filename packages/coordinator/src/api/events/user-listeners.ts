// Calling what the user gave: what it throws is the user's, and must not look like a failure of the one who told.

import type { EventEmitter } from "node:events";

/** Calls the listeners of `name`; what one throws becomes an uncaught exception of its own. */
export function emitSafely(emitter: EventEmitter, name: string, event: unknown): void {
  callSafely(() => emitter.emit(name, event));
}

/** The same for one callback. */
export function callSafely(callback: () => unknown): void {
  try {
    callback();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}
