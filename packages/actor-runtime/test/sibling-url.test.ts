import test from "ava";
import { siblingUrl } from "../src/sibling-url.ts";

for (const [from, url] of [
  ["file:///a/src/index.ts", "file:///a/src/peer.worker.ts"],
  ["file:///a/dist/index.js", "file:///a/dist/peer.worker.js"],
  ["file:///a/odd.ts/index.js", "file:///a/odd.ts/peer.worker.js"],
] as const) {
  test(`beside ${from} lies ${url}`, (t) => {
    t.is(siblingUrl(from, "./peer.worker").href, url);
  });
}
