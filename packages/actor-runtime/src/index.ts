export type * from "./contract.ts";
export type * from "./context.ts";
export type * from "./supervisor-spec.ts";
