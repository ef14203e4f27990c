// Every hostile tracker, in a tier beside an honest tracker, against the production engine in virtual time: the results
// that the user sees, and the bounds of its cost. The honest tracker and the download are not affected.

import test, { type ExecutionContext } from "ava";
import { cleanText } from "@troupe/protocol/text";
import {
  meetHttpTracker,
  meetUdpTracker,
  type TrackerReport,
} from "../support/simulated/runs/tracker-hostility.ts";
import { hostileHttpTrackers } from "../support/trackers/hostile-http.ts";
import { hostileUdpTrackers } from "../support/trackers/hostile-udp.ts";
import type { HostileHttpTracker, HostileUdpTracker } from "../support/trackers/hostile-tracker.ts";
import { isLong } from "../support/lanes.ts";
import { httpReactions, udpReactions, type TrackerReaction } from "./tracker-reactions.ts";

/** Time that the honest seeder needs without a hostile tracker. */
const cleanDownloadMs = isLong ? 820 : 475;
/** A dial of a dead address may hold the place of the honest seeder's. */
const crowdedDialMs = 2_000;
const stopMs = 1_600;
const maxPeers = 50;
const longestMessage = 400;
const longestUrl = 2_000;
/** 200 addresses of each family. */
const listedBytes = 200 * (6 + 18);

const reactsOverHttp = test.macro<[HostileHttpTracker]>({
  title: (_, { cases, name, does }) => `case ${cases.join(", ")}: HTTP tracker ${name} ${does}`,
  async exec(t, tracker) {
    assertReaction(t, await meetHttpTracker(tracker), httpReactions[tracker.name]);
  },
});

const reactsOverUdp = test.macro<[HostileUdpTracker]>({
  title: (_, { cases, name, does }) => `case ${cases.join(", ")}: UDP tracker ${name} ${does}`,
  async exec(t, tracker) {
    assertReaction(t, await meetUdpTracker(tracker), udpReactions[tracker.name]);
  },
});

function assertReaction(
  t: ExecutionContext,
  report: TrackerReport,
  due: TrackerReaction | undefined,
): void {
  if (due === undefined) return t.fail("the tracker has no reaction");
  t.deepEqual(report.violations, []);
  t.deepEqual([...new Set(report.results)], due.results);
  t.is(report.peers, due.peers);
  t.is(report.kept, due.kept);
  const within = (seen: number, least: number, most: number, figure: string): void => {
    t.true(seen >= least && seen <= most, `${figure}: ${seen}, not ${least} to ${most}`);
  };
  within(report.firstAfterMs, due.afterMs, due.withinMs, "milliseconds to the first result");
  within(report.requests, Math.min(due.requests, 1), due.requests, "requests");
  if (due.nextInSeconds !== undefined) {
    within(report.nextInSeconds ?? NaN, ...due.nextInSeconds, "seconds to the next announce");
  }
  const warnings = due.isWarned === true ? report.results.length : 0;
  t.deepEqual(
    report.warnings,
    Array.from({ length: warnings }, () => "tracker-warning"),
  );
  assertBounds(t, report);
  assertHonestPart(t, report);
}

function assertBounds(t: ExecutionContext, report: TrackerReport): void {
  t.is(report.insideRequests, 0, "requests to local hosts");
  t.true(report.ownDials <= 1, `${report.ownDials} dials of ourselves`);
  t.true(report.halfOpen <= maxPeers, `${report.halfOpen} connections opened at once`);
  t.true(report.listedBytes <= listedBytes, `${report.listedBytes} bytes of addresses listed`);
  t.true(report.longestUrl <= longestUrl, `a URL of ${report.longestUrl} characters`);
  for (const message of report.messages) t.is(message, cleanText(message, longestMessage));
}

function assertHonestPart(t: ExecutionContext, report: TrackerReport): void {
  const { honestAnnounces } = report;
  t.deepEqual(honestAnnounces.slice(0, 2), ["started", "completed"]);
  t.is(honestAnnounces.at(-1), "stopped");
  const regular = honestAnnounces.slice(2, -1);
  t.true(regular.length >= 2 && regular.every((event) => event === "regular"), regular.join());
  const longestMs = 1.2 * cleanDownloadMs + (report.kept > maxPeers ? crowdedDialMs : 0);
  t.true(report.downloadMs <= longestMs, `the download took ${report.downloadMs} ms`);
  t.true(report.stopMs <= stopMs, `the stop took ${report.stopMs} ms`);
}

for (const tracker of hostileHttpTrackers) test.serial(reactsOverHttp, tracker);
for (const tracker of hostileUdpTrackers) test.serial(reactsOverUdp, tracker);

test("names of hostile trackers are unique, and each has a reaction", (t) => {
  for (const [trackers, reactions] of [
    [hostileHttpTrackers, httpReactions],
    [hostileUdpTrackers, udpReactions],
  ] as const) {
    const names = trackers.map(({ name }) => name);
    t.deepEqual(names.toSorted(), Object.keys(reactions).toSorted());
    t.is(new Set(names).size, names.length);
  }
});

test("the hostile trackers show every case of trackers but certificates", (t) => {
  const trackers = [...hostileHttpTrackers, ...hostileUdpTrackers];
  const cases = new Set(trackers.flatMap((tracker) => tracker.cases));
  t.deepEqual(
    [...cases].toSorted((a, b) => a - b),
    [70, 71, 72, 73, 74],
  );
});
