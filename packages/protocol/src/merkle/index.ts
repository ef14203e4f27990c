export * from "./hash-range.ts";
export * from "./merkle-tree.ts";
export * from "./piece-root.ts";
export * from "./tree-layers.ts";
