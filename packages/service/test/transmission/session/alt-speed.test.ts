import test from "ava";
import { TransmissionService } from "../../support/transmission.ts";

type Values = Readonly<Record<string, unknown>>;

/** A session whose engine keeps its schedule. */
function makeSession(schedule: readonly object[] = []) {
  const service = new TransmissionService();
  const { calls } = service;
  const state = { schedule };
  const run = calls.run.bind(calls);
  calls.run = (name, given) => {
    const { limits } = given as { readonly limits?: { readonly schedule: readonly object[] } };
    if (name === "set-engine") state.schedule = limits?.schedule ?? state.schedule;
    return name === "engine-settings"
      ? (Promise.resolve({ limits: { schedule: state.schedule } }) as never)
      : run(name, given);
  };
  const altSpeed = async (): Promise<Values> => {
    const all = await service.result("session_get");
    const entries = Object.entries(all).filter(([name]) => name.startsWith("alt_speed_"));
    return Object.fromEntries(entries);
  };
  return { state, altSpeed, set: (params: Values) => service.result("session_set", params) };
}

const atFirst = {
  alt_speed_down: 50,
  alt_speed_enabled: false,
  alt_speed_time_begin: 540,
  alt_speed_time_day: 127,
  alt_speed_time_enabled: false,
  alt_speed_time_end: 1_020,
  alt_speed_up: 50,
};

test("each alternative speed is read back as it was set", async (t) => {
  const { altSpeed, set } = makeSession();
  t.deepEqual(await altSpeed(), atFirst);
  const steps: readonly Values[] = [
    { alt_speed_down: 70 },
    { alt_speed_up: 30 },
    { alt_speed_time_begin: 75 },
    { alt_speed_time_end: 1_439 },
    { alt_speed_time_enabled: true },
    { alt_speed_time_day: 62 },
    { alt_speed_enabled: true },
    { alt_speed_time_enabled: false },
    { alt_speed_enabled: false },
  ];
  let expected: Values = atFirst;
  for (const step of steps) {
    await set(step);
    // A schedule that is off keeps no days.
    const isOff = step["alt_speed_time_enabled"] === false;
    expected = { ...expected, ...step, ...(isOff && { alt_speed_time_day: 127 }) };
    t.deepEqual(await altSpeed(), expected, JSON.stringify(step));
  }
});

test("speeds that are on are a period of the whole week before all others", async (t) => {
  const own = { from: "20:00", to: "21:00", up: 9_000 };
  const { set, state } = makeSession([{ from: "01:00", to: "02:00", down: 5_000 }, own]);
  await set({ alt_speed_enabled: true, alt_speed_up: 4 });
  const speeds = { down: 5_000, up: 4_000 };
  const everyDay = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
  t.deepEqual(state.schedule, [
    { from: "00:00", to: "00:00", ...speeds },
    { from: "01:00", to: "02:00", ...speeds, days: everyDay },
    own,
  ]);
  await set({ alt_speed_enabled: false, alt_speed_time_enabled: false });
  t.deepEqual(state.schedule, [{ from: "01:00", to: "02:00", ...speeds, days: [] }, own]);
});

test("days are bits from Sunday on, and minutes those after midnight", async (t) => {
  const { set, state } = makeSession();
  await set({
    alt_speed_time_day: 65,
    alt_speed_time_enabled: true,
    alt_speed_time_begin: 1_441,
    alt_speed_time_end: -1,
  });
  t.like(state.schedule[0], { days: ["sun", "sat"], from: "00:01", to: "23:59" });
});

test("other settings leave the schedule alone", async (t) => {
  const { set, state } = makeSession([{ from: "01:00", to: "02:00" }]);
  await set({ peer_limit_global: 90 });
  t.deepEqual(state.schedule, [{ from: "01:00", to: "02:00" }]);
});
