export { ManualTime, settle } from "./manual-time.ts";
export { RecordingRef } from "./recording-ref.ts";
