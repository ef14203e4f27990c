export { ManualTime, settle } from "./manual-time.ts";
export { RecordingRef } from "./recording-ref.ts";
export { sha1 } from "./sha1.ts";
