import test from "ava";
import { StreamPlaces } from "../../src/streams/stream-places.ts";

test("32 streams have a place, and one that ends gives back one place, however often it says so", (t) => {
  const places = new StreamPlaces();
  const taken = Array.from({ length: 32 }, () => places.take());
  t.throws(() => places.take(), { code: "too-many-streams" });
  taken[0]?.();
  taken[0]?.();
  places.take();
  t.throws(() => places.take(), { code: "too-many-streams" });
});
