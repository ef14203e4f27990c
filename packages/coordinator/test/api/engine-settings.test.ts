import test from "ava";
import type { PatientRef } from "@troupe/actor-runtime";
import { ManualTime, RecordingRef } from "@troupe/actor-runtime/testing";
import type { LiveEngineSettings } from "@troupe/control";
import type { ApiProtocol } from "@troupe/messages";
import { EngineSettings } from "../../src/api/engine-settings.ts";
import { FakeHttp } from "../support/fake-http.ts";

function scene(first: LiveEngineSettings = {}) {
  const engine = new RecordingRef<ApiProtocol>("engine");
  const time = new ManualTime();
  const ports = { clock: time, timers: time, http: new FakeHttp() };
  const ref = engine as unknown as PatientRef<ApiProtocol>;
  const settings = new EngineSettings(
    ref,
    (ask) => ask(),
    { settings: first },
    ports,
    () => undefined,
  );
  const sent = () => engine.casts("change-settings").map(({ changes }) => changes);
  return { settings, sent };
}

test("F09: settings that change reach the engine, and the user reads the same values", (t) => {
  const { settings, sent } = scene({ maxActiveDownloads: 3 });
  const period = { from: "08:00", to: "18:00", down: 5_000 };
  settings.set({ maxActiveDownloads: null, limits: { schedule: [period] } });
  period.down = 1;
  const schedule = [{ ...period, down: 5_000 }];
  t.deepEqual(settings.values, { "limits.schedule": schedule });
  t.deepEqual(sent(), [{ maxActiveDownloads: null, "limits.schedule": schedule }]);
});

test("a wrong change changes nothing", (t) => {
  const { settings, sent } = scene({ maxPeers: 7 });
  t.throws(() => settings.set({ maxPeers: 8, limits: { up: 1 } }), { code: "option-out-of-range" });
  t.throws(() => settings.set({ maxPeers: 8, maxChecks: 1 }), { code: "option-unknown" });
  t.deepEqual(settings.values, { maxPeers: 7 });
  t.deepEqual(sent(), []);
});

test("a new engine gets every setting: what is set, and what is not", async (t) => {
  const { settings, sent } = scene({ maxActiveSeeds: 2 });
  await settings.restore();
  t.like(sent(), [{ maxActiveSeeds: 2, maxActiveDownloads: null, "limits.down": null }]);
});

test("L12: an anonymous engine gets no address to announce while it runs", async (t) => {
  const { settings, sent } = scene();
  await settings.begin({ anonymous: true });
  const announceAddress = "192.0.2.1";
  t.throws(() => settings.set({ announceAddress }), { code: "option-out-of-range" });
  settings.set({ announceAddress: null, announcePort: 7_000 });
  t.deepEqual(sent(), [{ announceAddress: null, announcePort: 7_000 }]);
});

test("L11: an address of a family that is off is not announced while the engine runs", async (t) => {
  const { settings, sent } = scene();
  await settings.begin({ addressFamilies: "ipv6" });
  t.throws(() => settings.set({ announceAddress: "192.0.2.1" }), {
    message:
      "option announceAddress is 192.0.2.1; allowed is an address of the families in `addressFamilies`: ipv6",
  });
  settings.set({ announceAddress: "2001:db8::1" });
  t.deepEqual(sent(), [{ announceAddress: "2001:db8::1" }]);
});
