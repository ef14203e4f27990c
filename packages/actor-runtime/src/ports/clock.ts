// The two clocks of an actor.

/** Two clocks: one to measure with, one to show. */
export interface Clock {
  /** Milliseconds, monotonic, from an arbitrary start; never jumps. */
  nowMs(): number;
  /** Milliseconds since 1970, for people and logs; may jump. */
  epochMs(): number;
}
