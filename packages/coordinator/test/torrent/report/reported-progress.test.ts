import test from "ava";
import { zeroCounters, type TorrentProgress } from "@troupe/messages";
import { ReportedProgress } from "../../../src/torrent/report/reported-progress.ts";

const figures: TorrentProgress = {
  haveBytes: 10,
  wantedBytes: 20,
  downloadedBytes: 10,
  uploadedBytes: 0,
  wastedBytes: 0,
  failedHashBytes: 0,
  protocolDownBytes: 1,
  protocolUpBytes: 1,
  downBytesPerSecond: 0,
  upBytesPerSecond: 0,
  peers: 1,
};

function reported(progress: TorrentProgress): ReportedProgress {
  const of = new ReportedProgress();
  of.note(progress);
  return of;
}

function seeding(seedSeconds: number): TorrentProgress {
  return { ...figures, lifetime: { ...zeroCounters, seedSeconds } };
}

test("the first figures are news, and the same figures again are not", (t) => {
  t.true(new ReportedProgress().isNews(figures));
  t.false(reported(figures).isNews({ ...figures }));
});

test("each figure that changes is news", (t) => {
  for (const name of Object.keys(figures) as (keyof typeof figures)[])
    t.true(reported(figures).isNews({ ...figures, [name]: 99 }), name);
  t.true(reported(figures).isNews({ ...figures, etaSeconds: 3 }));
  t.true(reported({ ...figures, etaSeconds: 3 }).isNews(figures));
  t.true(reported(figures).isNews(seeding(0)));
});

test("the time of seeding is news after a minute", (t) => {
  t.false(reported(seeding(100)).isNews(seeding(159)));
  t.true(reported(seeding(100)).isNews(seeding(160)));
});

test("figures are still when two looks saw the same, and nothing was reported since", (t) => {
  const of = reported(figures);
  t.false(of.isStill);
  t.false(of.isNews(figures));
  t.true(of.isStill);
  of.isStill = false;
  t.false(of.isStill);
});
