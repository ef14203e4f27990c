export type { HashSink } from "./deliver-hashes.ts";
export * from "./early-haves.ts";
export * from "./frame-reader.ts";
export { type FrameBounds, FrameRules } from "./frame-rules.ts";
export { type FrameSink, lentBlock } from "./frame-sink.ts";

export { type PeerMessage, readMessages } from "./read-messages.ts";
