export * from "./bep-14-local-discovery.ts";
