export * from "./address-votes.ts";
export * from "./address.ts";
export * from "./bep-40-peer-priority.ts";
export * from "./ip-address.ts";
export * from "./local-names.ts";
export * from "./packed-address.ts";
export * from "./prefix.ts";
export * from "./peer-address.ts";
