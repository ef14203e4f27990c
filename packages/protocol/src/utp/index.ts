export * from "./bep-29-packet.ts";
export * from "./wrapping.ts";
