import test from "ava";
import { RecordingRef } from "@troupe/actor-runtime/testing";
import type { EngineProtocol } from "@troupe/messages";
import { EngineLimitSetting } from "../../src/api/engine-limits.ts";

test("each engine gets the limits that were set last, and the user reads the same limits", (t) => {
  const engine = new RecordingRef<EngineProtocol>("engine");
  const setting = new EngineLimitSetting(engine);
  const period = { from: "08:00", to: "18:00", down: 5_000 };
  const limits = { down: 9_000, schedule: [period] };
  setting.set(limits);
  period.down = 1;
  t.deepEqual(setting.options, { down: 9_000, schedule: [{ ...period, down: 5_000 }] });
  t.throws(() => setting.set({ down: 1 }), { code: "option-out-of-range" });
  setting.restore();
  const schedule = [{ fromMinute: 480, toMinute: 1_080, limits: { down: 5_000 } }];
  const sent = { down: 9_000, schedule };
  t.deepEqual(engine.casts("set-engine-limits"), [sent, sent]);
});
