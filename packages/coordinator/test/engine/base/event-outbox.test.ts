import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import { outboxLimit } from "../../../src/engine/base/event-outbox.ts";
import { progressOf } from "../../../src/torrent/report/status.ts";
import { piece } from "../../support/diagrams.ts";
import { makeScene } from "../../support/engine-scene.ts";

function scene() {
  const made = makeScene();
  const { notices } = made;
  const job = made.addJob();
  return {
    ...made,
    job,
    sayPiece: (index: number) => job.outbox.emit({ event: "piece", index, verified: true }),
    sayProgress: () => job.outbox.emit({ event: "progress", ...progressOf(job) }),
    names: () => made.events().map(({ event }) => event),
    giveRoom() {
      notices.credits = 1024;
      for (const listener of notices.listeners.splice(0)) listener();
    },
  };
}

test("events of one moment are sent together, in order", (t) => {
  const { job, sayPiece, time, events } = scene();
  sayPiece(0);
  time.advance(24);
  job.outbox.emit({ event: "complete", seconds: 1 });
  t.deepEqual(events(), []);
  time.advance(1);
  t.deepEqual(events(), [
    { event: "piece", index: 0, verified: true },
    { event: "complete", seconds: 1 },
  ]);
});

test("waiting events can be flushed before a reply", (t) => {
  const { job, sayPiece, events, time } = scene();
  sayPiece(0);
  job.outbox.flush();
  t.is(events().length, 1);
  time.advance(1000);
  t.is(events().length, 1);
});

test("only the newest waiting progress is sent, after the events before it", (t) => {
  const { sayPiece, sayProgress, gather, names } = scene();
  sayProgress();
  sayPiece(0);
  sayProgress();
  gather();
  t.deepEqual(names(), ["piece", "progress"]);
});

test("while the user's thread does not listen events are kept back", (t) => {
  const { notices, sayPiece, gather, events, giveRoom } = scene();
  notices.credits = 1;
  sayPiece(0);
  gather();
  sayPiece(1);
  gather();
  t.deepEqual(events(), []);
  giveRoom();
  t.is(events().length, 2);
});

test("only one listener waits for a busy user's thread", (t) => {
  const { notices, sayProgress, time } = scene();
  notices.credits = 0;
  for (let second = 0; second < 100; second++) {
    sayProgress();
    time.advance(1000);
  }
  t.is(notices.listeners.length, 1);
  t.is(time.pending, 0);
});

test("at the bound piece and peer events are dropped and counted, and a warning has the number", (t) => {
  const { notices, sayPiece, gather, events, giveRoom } = scene();
  notices.credits = 0;
  for (let index = 0; index < outboxLimit + 3; index++) sayPiece(index);
  gather();
  giveRoom();
  t.is(events().length, outboxLimit + 1);
  const last = events().at(-1);
  t.is(last?.event === "warning" && last.code, "events-dropped");
  t.regex(last?.event === "warning" ? last.message : "", /^3 events /);
});

test("events that a caller waits for are never dropped", (t) => {
  const { job, notices, sayPiece, gather, names, giveRoom } = scene();
  notices.credits = 0;
  for (let index = 0; index < outboxLimit; index++) sayPiece(index);
  job.outbox.emit({ event: "complete", seconds: 3 });
  job.outbox.emit({ event: "state", state: "stopped" });
  job.outbox.emit({ event: "error", code: "disk-full", message: "no room" });
  gather();
  giveRoom();
  t.deepEqual(names().slice(outboxLimit), ["complete", "state", "error"]);
});

test("pieces that are had one after the other are sent as one event, and another event divides them", (t) => {
  const { job, gather, announced } = scene();
  const peer = (place: number) => [{ host: `8.0.0.${place}`, port: 6881 }];
  const had = (index: number, tookMs: number, place: number) =>
    job.outbox.emitHad({ piece: piece(index), tookMs, contributors: peer(place) });
  had(3, 10, 1);
  had(1, 20, 1);
  had(2, 30, 2);
  job.outbox.emit({ event: "complete", seconds: 1 });
  had(0, 40, 1);
  gather();
  t.deepEqual(announced.at(-1)?.message, {
    torrent: job.id,
    events: [
      {
        event: "pieces-had",
        pieces: [3, 1, 2],
        tookMs: [10, 20, 30],
        origins: [0, 0, 1],
        contributors: [peer(1), peer(2)],
      },
      { event: "complete", seconds: 1 },
      {
        event: "pieces-had",
        pieces: [0],
        tookMs: [40],
        origins: [0],
        contributors: [peer(1)],
      },
    ],
  });
});

test("at the bound pieces that are had are dropped and counted", (t) => {
  const { job, notices, gather, events, giveRoom } = scene();
  notices.credits = 0;
  for (let index = 0; index < outboxLimit + 3; index++)
    job.outbox.emitHad({ piece: piece(index), tookMs: 0, contributors: [] });
  gather();
  giveRoom();
  const last = events().at(-1);
  // The event itself counts too.
  t.regex(last?.event === "warning" ? last.message : "", /^4 events /);
});

test("a reply that must not overtake events waits until they are sent", async (t) => {
  const { job, notices, sayPiece, names, giveRoom } = scene();
  await job.outbox.whenFlushed();
  notices.credits = 0;
  sayPiece(0);
  let isSent = false;
  const sent = job.outbox.whenFlushed().then(() => (isSent = true));
  await settle();
  t.false(isSent);
  giveRoom();
  await sent;
  t.deepEqual(names(), ["piece"]);
});
