export * from "./magnet.ts";
