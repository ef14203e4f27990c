// Replaces packages/actor-runtime/src/sibling-url.ts in tests: see bundled-threads.ts.

import { siblingUrl as besideSource } from "../../packages/actor-runtime/src/sibling-url.ts";
import { bundledFiles } from "./bundled-threads.ts";

const files = bundledFiles();

/** The bundle's file for a file of a package's sources. Fixtures of tests and benchmarks stay as they are. */
export function siblingUrl(from: string | undefined, path: string): URL {
  const isSource = /\/packages\/[^/]+\/src\//.test(from ?? "");
  const bundled = isSource ? files[path.replace("./", "")] : undefined;
  return bundled ?? besideSource(from, path);
}
