export { openHashPool } from "./hash/hash-pool.ts";
export type { HashPool, HashTask } from "./hash/hash-pool.ts";
export { digestGroup, digestWithBlocks, type DigestGroup } from "./hash/digest-group.ts";
export type { BlockDigests, GroupDigests } from "./hash/digest-group.ts";
export { digestBlocks, inlineHashPool } from "./hash/inline-hash-pool.ts";
export { openCheckPool } from "./check/check-pool.ts";
export type { CheckPool } from "./check/check-pool.ts";
export { inlineCheckPool } from "./check/inline-check-pool.ts";
export type { PoolThreadEvent } from "./thread-pool.ts";
