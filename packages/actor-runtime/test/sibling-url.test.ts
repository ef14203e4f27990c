import test from "ava";
import { replaceSiblings, siblingUrl } from "../src/sibling-url.ts";

for (const [from, url] of [
  ["file:///a/src/index.ts", "file:///a/src/peer.worker.ts"],
  ["file:///a/dist/index.js", "file:///a/dist/peer.worker.js"],
  ["file:///a/odd.ts/index.js", "file:///a/odd.ts/peer.worker.js"],
] as const) {
  test(`beside ${from} lies ${url}`, (t) => {
    t.is(siblingUrl(from, "./peer.worker").href, url);
  });
}

test("a program gives files of its own in place of those beside a caller", (t) => {
  t.teardown(() => replaceSiblings(() => undefined));
  const own = new URL("file:///own/peer.worker.js");
  replaceSiblings((from, path) =>
    from.includes("/src/") && path === "./peer.worker" ? own : undefined,
  );
  t.is(siblingUrl("file:///a/src/index.ts", "./peer.worker"), own);
  t.is(
    siblingUrl("file:///a/dist/index.js", "./peer.worker").href,
    "file:///a/dist/peer.worker.js",
  );
  t.is(siblingUrl("file:///a/src/index.ts", "./dht.worker").href, "file:///a/src/dht.worker.ts");
});
