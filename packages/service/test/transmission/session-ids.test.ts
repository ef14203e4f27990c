import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import { hasTransmissionSession, SessionIds } from "../../src/transmission/session-ids.ts";

const hourMs = 3_600_000;

function makeIds() {
  const time = new ManualTime();
  let made = 0;
  const ids = new SessionIds({ clock: time, makeId: () => `id-${++made}` });
  return { ids, time };
}

test("an id is told for an hour, and accepted for another", (t) => {
  const { ids, time } = makeIds();
  t.is(ids.current, "id-1");
  time.advance(hourMs - 1);
  t.is(ids.current, "id-1");
  time.advance(1);
  t.is(ids.current, "id-2");
  t.true(ids.accepts("id-1"));
  time.advance(hourMs);
  t.false(ids.accepts("id-1"));
  t.true(ids.accepts("id-2"));
});

test("after hours without a request no earlier id is accepted", (t) => {
  const { ids, time } = makeIds();
  time.advance(2 * hourMs);
  t.false(ids.accepts("id-1"));
  t.is(ids.current, "id-2");
});

test("a request has a session by its header alone", (t) => {
  const { ids } = makeIds();
  const withHeader = (value: string | undefined) => (name: string) =>
    name === "x-transmission-session-id" ? value : undefined;
  t.true(hasTransmissionSession(withHeader("id-1"), ids));
  for (const value of [undefined, "", "id-2", "ID-1"])
    t.false(hasTransmissionSession(withHeader(value), ids));
});
