import test from "ava";
import { CallPlaces } from "../../src/guard/call-places.ts";
import { allowed, refused } from "../support/refused.ts";

test("the 65th call at once is refused until another is answered", (t) => {
  const places = new CallPlaces();
  const taken = Array.from({ length: 64 }, () => allowed(places.enter()));
  t.is(refused(t, places.enter(), "too-many-calls", 503).retryAfterSeconds, 1);
  taken[0]?.[Symbol.dispose]();
  taken[0]?.[Symbol.dispose]();
  allowed(places.enter());
  refused(t, places.enter(), "too-many-calls", 503);
});
