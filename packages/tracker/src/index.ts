export { startTracker } from "./tracker.ts";
export type { SwarmSnapshot, Tracker, TrackerOptions } from "./tracker.ts";
export type { TrackedPeer } from "./swarm.ts";
