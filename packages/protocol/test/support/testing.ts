export * from "./dns-reply.ts";
export * from "./gateway-replies.ts";
export * from "./pictures.ts";
export * from "./tree-torrents.ts";
