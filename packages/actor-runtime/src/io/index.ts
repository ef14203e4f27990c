export { nodeParts } from "./node-parts.ts";
