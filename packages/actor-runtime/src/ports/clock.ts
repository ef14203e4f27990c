/** Two clocks: for measuring and for display. */
export interface Clock {
  /** Milliseconds, monotonic, from an arbitrary start; never jumps. */
  nowMs(): number;
  /** Milliseconds since 1970, for users and logs; may jump. */
  epochMs(): number;
}
