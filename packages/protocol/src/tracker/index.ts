export * from "./announce-query.ts";
export * from "./announce-reply.ts";
export * from "./bep-15-udp-in-place.ts";
export * from "./bep-15-udp.ts";
export * from "./bep-23-compact-peers.ts";
export * from "./bep-48-scrape.ts";
export * from "./percent-encoding.ts";
export * from "./tracker-url.ts";
export { retryWait } from "./tracker-refusal.ts";
