export * from "./clean-text.ts";
export * from "./file-glob.ts";
export * from "./nearest.ts";
export * from "./spell-bytes.ts";
