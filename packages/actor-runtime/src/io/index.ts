export { nodeParts } from "./node-parts.ts";
export { descriptorUse } from "./descriptor-use.ts";
export type { DescriptorUse } from "./descriptor-use.ts";
