import type { PauseSetting } from "@troupe/control";
import type { SteeredTorrent } from "@troupe/coordinator/commands";
import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import { PauseClock } from "../../../src/automation/clock/pause-clock.ts";

const minuteMs = 60_000;

/** A torrent with the wish of its user. */
class FakeTorrent implements SteeredTorrent {
  readonly infoHash: string;
  readonly group: string | undefined;
  isStarted = true;
  isPaused = false;

  constructor(infoHash: string, group?: string) {
    this.infoHash = infoHash;
    this.group = group;
  }

  pause(): void {
    this.isPaused = true;
  }

  start(): void {
    this.isStarted = true;
    this.isPaused = false;
  }

  stop(): void {
    this.isStarted = false;
    this.isPaused = false;
  }

  get wish(): string {
    if (!this.isStarted) return "stopped";
    return this.isPaused ? "paused" : "started";
  }
}

/** A clock that is this many minutes before 08:00, UTC. */
function open(pauses: readonly PauseSetting[], torrents: FakeTorrent[], minutesBefore = 1) {
  const time = new ManualTime();
  const startMs = Date.UTC(2026, 10, 23, 8) - minutesBefore * minuteMs;
  const offsetMs = startMs - time.epochMs();
  const clock = { epochMs: () => time.epochMs() + offsetMs, utcOffsetMinutes: () => 0 };
  const pausing = new PauseClock(pauses, { clock, timers: time, engine: { steered: torrents } });
  return { pausing, time };
}

const morning: PauseSetting = { from: "08:00", to: "09:00" };

test("H06: torrents are paused from the beginning of a period to its end", (t) => {
  const torrent = new FakeTorrent("a");
  const { time } = open([morning], [torrent]);
  time.advance(minuteMs - 1);
  t.is(torrent.wish, "started");
  time.advance(5_000);
  t.is(torrent.wish, "paused");
  time.advance(59 * minuteMs);
  t.is(torrent.wish, "paused");
  time.advance(minuteMs);
  t.is(torrent.wish, "started");
});

test("H06: what its user has stopped or paused stays so", (t) => {
  const [stopped, paused, later] = [
    new FakeTorrent("a"),
    new FakeTorrent("b"),
    new FakeTorrent("c"),
  ];
  stopped.stop();
  paused.pause();
  const { time } = open([morning], [stopped, paused, later]);
  time.advance(10 * minuteMs);
  later.stop();
  time.advance(60 * minuteMs);
  t.deepEqual(
    [stopped, paused, later].map(({ wish }) => wish),
    ["stopped", "paused", "stopped"],
  );
});

test("H06: a torrent that its user starts in the period runs on, and is paused in the next one", (t) => {
  const [held, paused] = [new FakeTorrent("a"), new FakeTorrent("b")];
  paused.pause();
  const { time } = open([morning], [held, paused]);
  time.advance(10 * minuteMs);
  for (const each of [held, paused]) each.start();
  time.advance(30 * minuteMs);
  t.deepEqual([held.wish, paused.wish], ["started", "started"]);
  held.pause();
  time.advance(60 * minuteMs);
  t.is(held.wish, "paused", "its user has paused it");
  held.start();
  time.advance(23 * 60 * minuteMs);
  t.deepEqual([held.wish, paused.wish], ["paused", "paused"]);
});

test("H06: a period of a group leaves other torrents alone, also those that leave the group", (t) => {
  const [one, other] = [new FakeTorrent("a", "films"), new FakeTorrent("b")];
  const torrents = [one, other];
  const { time } = open([{ ...morning, group: "films" }], torrents);
  time.advance(10 * minuteMs);
  t.deepEqual([one.wish, other.wish], ["paused", "started"]);
  const moved = new FakeTorrent("a");
  moved.pause();
  torrents[0] = moved;
  time.advance(5_000);
  t.is(moved.wish, "started");
});

test("H06: torrents that are added in the period are paused, and a service that starts in it pauses what runs", (t) => {
  const torrents = [new FakeTorrent("a")];
  const { time } = open([morning], torrents, -30);
  t.is(torrents[0]?.wish, "paused");
  torrents.push(new FakeTorrent("b"));
  time.advance(5_000);
  t.is(torrents[1]?.wish, "paused");
  time.advance(30 * minuteMs);
  t.deepEqual(
    torrents.map(({ wish }) => wish),
    ["started", "started"],
  );
});

test("periods that follow each other are one, and days count", (t) => {
  const torrent = new FakeTorrent("a");
  // 2026-11-23 is a Monday.
  const pauses: PauseSetting[] = [
    { days: ["mon"], ...morning },
    { days: ["mon"], from: "09:00", to: "10:00" },
    { days: ["tue"], from: "00:00", to: "00:00" },
  ];
  const { pausing, time } = open(pauses, [torrent]);
  time.advance(70 * minuteMs);
  t.is(torrent.wish, "paused");
  time.advance(60 * minuteMs);
  t.is(torrent.wish, "started");
  pausing.close();
  t.is(time.pending, 0);
});
