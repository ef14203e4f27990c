import test from "ava";
import {
  engineLimitsOf,
  rateLimitsOf,
  type LimitPeriodOptions,
} from "../../../src/api/options/rate-limits.ts";

const day = { from: "08:00", to: "18:30", down: 5_000 };

test("limits are whole bytes a second within their bounds; 0 is none", (t) => {
  t.deepEqual(rateLimitsOf({}), {});
  t.deepEqual(rateLimitsOf({ down: 0, up: 1_000 }), { up: 1_000 });
  for (const down of [999, -1, 1.5, NaN, 2e12, "5000" as unknown as number])
    t.throws(() => rateLimitsOf({ down }), { code: "option-out-of-range" }, String(down));
  t.throws(() => rateLimitsOf({ speed: 1 } as {}), { code: "option-unknown" });
});

test("the periods of a schedule have times, and perhaps days", (t) => {
  const schedule = [day, { from: "22:00", to: "06:00", days: ["fri", "sat"] as const }];
  t.deepEqual(engineLimitsOf({ up: 2_000, schedule }), {
    up: 2_000,
    schedule: [
      { fromMinute: 480, toMinute: 1_110, limits: { down: 5_000 } },
      { days: [5, 6], fromMinute: 1_320, toMinute: 360, limits: {} },
    ],
  });
  t.deepEqual(engineLimitsOf({ schedule: [] }), {});
});

test("a schedule that no clock can follow is refused", (t) => {
  const code = "option-out-of-range";
  const refused = (period: object): void => {
    t.throws(() => engineLimitsOf({ schedule: [period as LimitPeriodOptions] }), { code });
  };
  for (const from of ["8:00", "24:00", "08:60", "", undefined]) refused({ ...day, from });
  refused({ ...day, days: ["monday"] });
  refused({ ...day, days: "fri" });
  refused({ ...day, up: 5 });
  t.throws(() => engineLimitsOf({ schedule: Array.from({ length: 101 }, () => day) }), { code });
  t.throws(() => engineLimitsOf({ schedule: [{ ...day, speed: 1 } as LimitPeriodOptions] }), {
    code: "option-unknown",
  });
});
