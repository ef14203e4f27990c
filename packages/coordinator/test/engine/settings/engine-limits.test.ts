import test from "ava";
import { engineLimitsOf } from "../../../src/engine/settings/engine-limits.ts";

test("the limits of an engine are those that are set and not 0", (t) => {
  t.deepEqual(engineLimitsOf({}), {});
  t.deepEqual(engineLimitsOf({ "limits.down": 0, "limits.up": 1_000, maxPeers: 9 }), { up: 1_000 });
});

test("the periods of a schedule have times, and perhaps days", (t) => {
  const schedule = [
    { from: "08:00", to: "18:30", down: 5_000, up: 0 },
    { from: "22:00", to: "06:00", days: ["fri", "sat"] as const },
  ];
  t.deepEqual(engineLimitsOf({ "limits.up": 2_000, "limits.schedule": schedule }), {
    up: 2_000,
    schedule: [
      { fromMinute: 480, toMinute: 1_110, limits: { down: 5_000 } },
      { days: [5, 6], fromMinute: 1_320, toMinute: 360, limits: {} },
    ],
  });
  t.deepEqual(engineLimitsOf({ "limits.schedule": [] }), {});
});
