export * from "./clean-text.ts";
export * from "./nearest.ts";
export * from "./spell-bytes.ts";
