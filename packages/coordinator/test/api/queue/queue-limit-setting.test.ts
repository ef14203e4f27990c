import test from "ava";
import { RecordingRef } from "@troupe/actor-runtime/testing";
import type { EngineProtocol } from "@troupe/messages";
import {
  QueueLimitSetting,
  type QueueLimitOptions,
} from "../../../src/api/queue/queue-limit-setting.ts";

test("F09: the limits of the queue can be changed, and each new engine gets them", (t) => {
  const engine = new RecordingRef<EngineProtocol>("engine");
  const setting = new QueueLimitSetting(engine, { maxActiveDownloads: 3 });
  t.deepEqual(setting.options, { maxActiveDownloads: 3 });
  setting.set({ maxActiveSeeds: 2 });
  t.deepEqual(setting.options, { maxActiveSeeds: 2 });
  t.throws(() => setting.set({ maxActiveSeeds: -1 }), { code: "option-out-of-range" });
  t.throws(() => setting.set({ maxChecks: 1 } as QueueLimitOptions), { code: "option-unknown" });
  setting.restore();
  const sent = { maxActiveSeeds: 2 };
  t.deepEqual(engine.casts("set-queue-limits"), [sent, sent]);
});
