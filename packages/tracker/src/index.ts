export { startTracker } from "./tracker.ts";
export type { Tracker, TrackerOptions } from "./tracker.ts";
