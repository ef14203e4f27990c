/** Monotonic and calendar time. */
export interface Clock {
  /** Monotonic, from an arbitrary start; never jumps. */
  nowMs(): number;
  /** Since 1970, for users and logs; may jump. */
  epochMs(): number;
  /** Minutes by which local time is ahead of UTC at this moment. */
  utcOffsetMinutes(): number;
}
