import test from "ava";
import { readPeriod, readTimes } from "../../src/arguments/limit-period.ts";
import { UsageError } from "../../src/arguments/usage-error.ts";

for (const [text, period] of [
  ["08:00-18:00=500k/0", { from: "08:00", to: "18:00", down: 512_000, up: 0 }],
  [
    "sat-mon@22:00-06:30=0/2M",
    { days: ["mon", "sat", "sun"], from: "22:00", to: "06:30", down: 0, up: 2_097_152 },
  ],
  ["fri@00:00-00:00=1k/1k", { days: ["fri"], from: "00:00", to: "00:00", down: 1_024, up: 1_024 }],
] as const)
  test(`--schedule ${text} is a period`, (t) => t.deepEqual(readPeriod(text), period));

for (const text of [
  "8:00-18:00=1M/1M",
  "08:00-24:00=1M/1M",
  "08:00-18:00",
  "08:00-18:00=5/1M",
  "monday@08:00-18:00=1M/1M",
  "mon-xyz@08:00-18:00=1M/1M",
  "xyz-mon@08:00-18:00=1M/1M",
])
  test(`--schedule ${text} is refused`, (t) => {
    t.throws(() => readPeriod(text), { instanceOf: UsageError, message: /takes TIMES=DOWN.UP/ });
  });

test("times without rates are a period of the pause schedule", (t) => {
  t.deepEqual(readTimes(" sat-mon@22:00-06:30 "), {
    ...{ days: ["mon", "sat", "sun"], from: "22:00", to: "06:30" },
  });
  t.deepEqual(readTimes("08:00-18:00"), { from: "08:00", to: "18:00" });
  for (const text of ["", "8:00-18:00", "mon-xyz@08:00-18:00", "08:00-18:00=1M/1M"])
    t.is(readTimes(text), undefined, text);
});
