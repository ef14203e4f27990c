import test from "ava";
import { AnnounceFigures } from "../../src/trackers/announce-figures.ts";

function scene() {
  const counters = { uploaded: 100, downloaded: 200, left: 50 };
  return { counters, figures: new AnnounceFigures({ counters: () => ({ ...counters }) }) };
}

test("a run begins with zeros", (t) => {
  const { counters, figures } = scene();
  figures.begin();
  t.deepEqual(figures.atStart(), { uploaded: 0, downloaded: 0, left: 50 });
  Object.assign(counters, { uploaded: 110, left: 40 });
  t.deepEqual(figures.atStart(), { uploaded: 0, downloaded: 0, left: 40 });
  t.deepEqual(figures.current(), { uploaded: 10, downloaded: 0, left: 40 });
});

test("a later `started` has the figures of the last announce", (t) => {
  const { counters, figures } = scene();
  figures.begin();
  counters.uploaded = 110;
  figures.current();
  counters.uploaded = 150;
  t.is(figures.atStart().uploaded, 10);
  t.is(figures.current().uploaded, 50);
});

test("after the end the figures stay, and the next run reports what came later", (t) => {
  const { counters, figures } = scene();
  figures.begin();
  counters.uploaded = 110;
  figures.end();
  counters.uploaded = 115;
  t.is(figures.current().uploaded, 10);
  figures.begin();
  t.is(figures.atStart().uploaded, 0);
  t.is(figures.current().uploaded, 5);
});

test("announces under way together have the same figures, but for completed", (t) => {
  const world = { uploaded: 0, downloaded: 0, left: 9 };
  const figures = new AnnounceFigures({ counters: () => world });
  figures.begin();
  const sent = figures.current();
  world.uploaded = 5;
  t.is(figures.beside(undefined, [{}, { figures: sent }]), sent);
  t.is(figures.beside("started", [{ figures: sent }]), sent);
  t.is(figures.beside("completed", [{ figures: sent }]).uploaded, 5);
});
