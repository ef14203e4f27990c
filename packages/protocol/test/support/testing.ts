export * from "./gateway-replies.ts";
export * from "./pictures.ts";
