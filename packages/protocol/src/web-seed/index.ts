export * from "./bep-19-file-urls.ts";
export { maxWebSeeds } from "./bep-19-url-list.ts";
