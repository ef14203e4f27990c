export type * from "./peer-recorder.ts";
