// Every hostile web seed against the production engine in virtual time: the state that the user sees, and the bounds of its
// cost. An honest seeder completes the download afterwards, bit-exact.

import test from "ava";
import { meetWebSeed } from "../support/simulated/runs/web-seed-hostility.ts";
import {
  hostileWebSeeds,
  rightAnswer,
  wholeAnswer,
  type HostileWebSeed,
} from "../support/web-seeds/hostile-web-seeds.ts";
import { webSeedReactions } from "./web-seed-reactions.ts";

const reacts = test.macro<[HostileWebSeed]>({
  title: (_, { name, does }) => `web seed ${name} ${does}`,
  async exec(t, seed) {
    const due = webSeedReactions[seed.name];
    if (due === undefined) return t.fail("the web seed has no reaction");
    const report = await meetWebSeed(seed);
    const { state, codes, warnings, pieces } = due;
    t.is(report.status?.state, state);
    t.like(report, { codes, warnings, pieces, violations: [], insideRequests: 0 });
    t.true(report.requests <= due.requests, `${report.requests} requests`);
    t.true(report.mostAtOnce <= 3, `${report.mostAtOnce} requests at once`);
    const [least, most] = due.nextInSeconds ?? [0, 0];
    const rest = report.status?.nextInSeconds ?? 0;
    t.true(rest >= least && rest <= most, `a rest of ${rest} s`);
  },
});

for (const seed of hostileWebSeeds) test.serial(reacts, seed);

test("names of hostile web seeds are unique, and each has a reaction", (t) => {
  const names = hostileWebSeeds.map(({ name }) => name);
  t.deepEqual(names.toSorted(), Object.keys(webSeedReactions).toSorted());
  t.is(new Set(names).size, names.length);
});

test.serial("a web seed without ranges gives the whole torrent, each file once", async (t) => {
  const paths: string[] = [];
  const report = await meetWebSeed({
    name: "whole files",
    does: "serves whole files",
    answer(asked) {
      paths.push(asked.request.url.pathname);
      return wholeAnswer(asked);
    },
  });
  t.like(report, { codes: [], warnings: [], pieces: 64, violations: [] });
  t.is(new Set(paths).size, paths.length);
});

test.serial("an honest web seed gives the whole torrent, and nothing twice", async (t) => {
  let servedBytes = 0;
  const report = await meetWebSeed({
    name: "honest",
    does: "serves all files",
    answer(asked) {
      servedBytes += asked.end - asked.begin;
      return rightAnswer(asked);
    },
  });
  t.like(report, { codes: [], warnings: [], pieces: 64, violations: [] });
  t.is(servedBytes, report.totalBytes);
});
