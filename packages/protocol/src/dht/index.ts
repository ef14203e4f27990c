export { maxTorrentNodes } from "./bep-05-torrent-nodes.ts";
export * from "./bep-33-scrape.ts";
export * from "./bep-42-node-id.ts";
export * from "./bep-44-items.ts";
export * from "./compact-nodes.ts";
export * from "./krpc/bep-05-decode-krpc.ts";
export * from "./krpc/bep-05-encode-krpc.ts";
export * from "./krpc/krpc-messages.ts";
export * from "./node-id.ts";
