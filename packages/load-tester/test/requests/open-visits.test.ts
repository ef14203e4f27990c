import test from "ava";
import { OpenVisits } from "../../src/requests/open-visits.ts";
import { CountingRecorder } from "../support/counting-recorder.ts";

function scene() {
  const recorder = new CountingRecorder();
  const visits = new OpenVisits(3, recorder);
  const counts = () => [recorder.countOf("sent"), recorder.countOf("visits_owed")];
  return { visits, counts };
}

test("a visit counts at its end, once", (t) => {
  const { visits, counts } = scene();
  visits.begin(1, 10);
  t.deepEqual(counts(), [0, 0]);
  visits.end(1);
  visits.end(1);
  visits.end(2);
  t.deepEqual(counts(), [1, 0]);
});

test("a visit is owed an answer when its last request got none", (t) => {
  const { visits, counts } = scene();
  visits.begin(0, 0);
  visits.unheeded(0);
  visits.heeded(0);
  visits.begin(1, 0);
  visits.heeded(1);
  visits.unheeded(1);
  visits.endAll();
  t.deepEqual(counts(), [2, 1]);
});

test("a member that comes again ends its visit before, and owes nothing of it", (t) => {
  const { visits, counts } = scene();
  visits.begin(2, 0);
  visits.unheeded(2);
  visits.begin(2, 5);
  t.deepEqual(counts(), [1, 1]);
  visits.endAll();
  t.deepEqual(counts(), [2, 1]);
});
