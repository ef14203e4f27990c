import test from "ava";
import type { Call, Cast } from "../../src/contract.ts";
import { patientCalls, patientMessages } from "../../src/limits.ts";
import { PatientRef } from "../../src/links/patient-ref.ts";
import { ManualTime, RecordingRef, settle } from "../support/testing/index.ts";

type Counting = {
  ask: Call<{ readonly number: number }, {}>;
  tell: Cast<{ readonly number: number }>;
};

function scene() {
  const time = new ManualTime();
  const ref = new RecordingRef<Counting>("counter");
  const patient = new PatientRef<Counting>(ref, { clock: time, timers: time });
  const ask = (number: number) => patient.call("ask", { number }, { deadlineMs: 1_000 });
  const said = () =>
    ref.sent.map(({ name, message }) => `${name} ${(message as { number: number }).number}`);
  return {
    time,
    ref,
    patient,
    ask,
    said,
    tell: (number: number) => patient.cast("tell", { number }),
  };
}

test("with credits every message is sent at once", async (t) => {
  const { ask, tell, said } = scene();
  tell(1);
  const answered = ask(2);
  tell(3);
  t.deepEqual(said(), ["tell 1", "ask 2", "tell 3"]);
  t.deepEqual(await answered, {});
});

test("without credits casts and calls wait, in order", async (t) => {
  const { ref, ask, tell, said, time } = scene();
  ref.credits = 0;
  tell(1);
  const answered = ask(2);
  tell(3);
  await settle();
  t.deepEqual(said(), []);
  ref.giveRoom(10);
  await answered;
  t.deepEqual(said(), ["tell 1", "ask 2", "tell 3"]);
  t.is(time.pending, 0, "no deadline is left behind");
});

test("of a thousand calls a bounded number is under way, and each gets its reply", async (t) => {
  const { ref, ask } = scene();
  let out = 0;
  let most = 0;
  ref.answer = async () => {
    most = Math.max(most, ++out);
    await settle();
    out--;
    return {};
  };
  await Promise.all(Array.from({ length: 1_000 }, (_, number) => ask(number)));
  t.is(ref.calls("ask").length, 1_000);
  t.is(most, patientCalls);
});

test("the deadline includes the time of waiting", async (t) => {
  const { ref, ask, said, time } = scene();
  ref.credits = 0;
  const answered = ask(1);
  await time.pass(999);
  t.deepEqual(said(), []);
  time.advance(1);
  await t.throwsAsync(answered, { code: "call-deadline" });
  ref.giveRoom(10);
  t.deepEqual(said(), []);
});

test("a call whose wait is not counted has the whole deadline once it is sent", async (t) => {
  const { ref, patient, said, time } = scene();
  ref.credits = 0;
  const options = { deadlineMs: 1_000, isWaitCounted: false };
  const answered = patient.call("ask", { number: 1 }, options);
  await time.pass(60_000);
  ref.giveRoom(10);
  t.deepEqual(said(), ["ask 1"]);
  t.is(ref.sent[0]?.deadlineMs, 1_000);
  t.deepEqual(await answered, {});
});

test("messages that wait for an incarnation are not sent to the next", async (t) => {
  const { ref, ask, tell, said } = scene();
  ref.credits = 0;
  tell(1);
  const answered = ask(2);
  ref.peer = { name: "counter", epoch: 2 };
  ref.giveRoom(10);
  await t.throwsAsync(answered, { code: "actor-gone" });
  t.deepEqual(said(), []);
});

test("without an incarnation casts are dropped and calls rejected", async (t) => {
  const { ref, ask, tell, said } = scene();
  ref.peer = undefined;
  tell(1);
  await t.throwsAsync(ask(2));
  ref.peer = { name: "counter", epoch: 2 };
  tell(3);
  t.deepEqual(said(), ["tell 3"]);
});

test("a call that fails makes room for the next", async (t) => {
  const { ref, ask } = scene();
  ref.answer = () => {
    throw new Error("refused");
  };
  const calls = Array.from({ length: patientCalls + 1 }, (_, number) => ask(number));
  const outcomes = await Promise.allSettled(calls);
  t.true(outcomes.every(({ status }) => status === "rejected"));
  t.is(ref.calls("ask").length, patientCalls + 1);
});

test("beyond the bound a cast throws, a call rejects, and waiting messages are still sent", async (t) => {
  const { ref, ask, tell, said } = scene();
  ref.credits = 0;
  for (let number = 1; number <= patientMessages; number++) tell(number);
  t.throws(() => tell(0), { code: "mailbox-overflow" });
  await t.throwsAsync(ask(0), { code: "mailbox-overflow" });
  ref.giveRoom(2);
  t.deepEqual(said(), ["tell 1", "tell 2"]);
});
