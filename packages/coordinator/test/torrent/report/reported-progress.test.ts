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
  seeds: 0,
  sendingPeers: 0,
  gettingPeers: 0,
};

function reported(progress: TorrentProgress): ReportedProgress {
  const of = new ReportedProgress();
  of.note(progress);
  return of;
}

function active(activeSeconds: number): TorrentProgress {
  return { ...figures, lifetime: { ...zeroCounters, activeSeconds } };
}

test("the first figures are news, and the same figures again are not", (t) => {
  t.true(new ReportedProgress().isNews(figures));
  t.false(reported(figures).isNews({ ...figures }));
});

test("each figure that changes is news", (t) => {
  for (const name of Object.keys(figures) as (keyof typeof figures)[])
    t.true(reported(figures).isNews({ ...figures, [name]: 99 }), name);
  for (const name of ["availability", "completedAt", "etaSeconds", "swarmSeeds"] as const) {
    const more = { ...figures, [name]: 3 };
    t.true(reported(figures).isNews(more), `${name} comes`);
    t.true(reported(more).isNews(figures), `${name} goes`);
    t.false(reported(more).isNews({ ...more }), `${name} stays`);
  }
  t.true(reported({ ...figures, swarmSeeds: 3 }).isNews({ ...figures, availability: 3 }));
  t.true(reported(figures).isNews(active(0)));
});

test("the time in the swarm is news after a minute", (t) => {
  t.false(reported(active(100)).isNews(active(159)));
  t.true(reported(active(100)).isNews(active(160)));
});

test("figures are still when two looks saw the same, and nothing was reported since", (t) => {
  const of = reported(figures);
  t.false(of.isStill);
  t.false(of.isNews(figures));
  t.true(of.isStill);
  of.isStill = false;
  t.false(of.isStill);
});
