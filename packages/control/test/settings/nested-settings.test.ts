import test from "ava";
import { nestedSettings } from "../../src/settings/nested-settings.ts";

test("the settings of a folder are in an object of their own", (t) => {
  t.deepEqual(nestedSettings({ maxPeers: 3, "goals.ratio": 2, "goals.until": null }), {
    maxPeers: 3,
    goals: { ratio: 2, until: null },
  });
  t.deepEqual(nestedSettings({}), {});
});
