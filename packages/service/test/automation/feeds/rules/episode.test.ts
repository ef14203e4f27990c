import test from "ava";
import {
  areTaken,
  episodeKeys,
  episodesOf,
  isBetween,
  readPlace,
} from "../../../../src/automation/feeds/rules/episode.ts";

/** Titles as feeds have them, and the keys of their episodes; none where a title names no episode. */
const titles: readonly (readonly [title: string, ...keys: string[]])[] = [
  ["Some.Show.S01E02.1080p.WEB-DL.x264-GRP", "some show|s1e2"],
  ["Some Show S01E02 720p HDTV x264-GRP", "some show|s1e2"],
  ["some.show.s01e02.hdtv", "some show|s1e2"],
  ["Some.Show.S1E2.WEB", "some show|s1e2"],
  ["Some.Show.S01.E02.Title.WEB", "some show|s1e2"],
  ["Some Show - S01E02 - The Title (1080p)", "some show|s1e2"],
  ["Some Show - S01 E02", "some show|s1e2"],
  ["Some.Show.S01EP02.WEB", "some show|s1e2"],
  ["Some.Show.S01E02E03.1080p", "some show|s1e2", "some show|s1e3"],
  ["Some.Show.S01E02-E04.1080p", "some show|s1e2", "some show|s1e3", "some show|s1e4"],
  ["Some.Show.S01E02-04.1080p", "some show|s1e2", "some show|s1e3", "some show|s1e4"],
  ["Some.Show.S01E02-1080p", "some show|s1e2"],
  ["Some.Show.S01E02-720p", "some show|s1e2"],
  ["Some Show S01E01 & E02 HDTV", "some show|s1e1", "some show|s1e2"],
  ["Some.Show.S01E01.E02.E03.WEB", "some show|s1e1", "some show|s1e2", "some show|s1e3"],
  ["Some.Show.S2026E12.WEB", "some show|s2026e12"],
  ["Some.Show.S01E100.WEB", "some show|s1e100"],
  ["Some.Show.S01E1002.WEB", "some show|s1e1002"],
  ["Some.Show.1x02.HDTV", "some show|s1e2"],
  ["Some Show 01x02 HDTV", "some show|s1e2"],
  ["Some Show 1x02-1x03 HDTV", "some show|s1e2", "some show|s1e3"],
  ["Some.Show.10x05.PROPER", "some show|s10e5|proper"],
  ["Some Show Season 1 Episode 2 720p", "some show|s1e2"],
  ["Some Show Season 1, Episode 2", "some show|s1e2"],
  ["Some Show Season 1 Complete 1080p", "some show|s1"],
  ["Some.Show.Season.01.WEB", "some show|s1"],
  ["Some Show Seasons 1-3 Complete", "some show|s1", "some show|s2", "some show|s3"],
  ["Some Show Seasons 1 to 2", "some show|s1", "some show|s2"],
  ["Some.Show.S02.1080p.BluRay", "some show|s2"],
  ["Some.Show.S01-S03.1080p", "some show|s1", "some show|s2", "some show|s3"],
  ["Some.Show.S01.COMPLETE.WEB", "some show|s1"],
  ["Daily.Show.2026.11.27.Guest.Name.WEB", "daily show|2026-11-27"],
  ["Daily Show 2026-11-27 720p", "daily show|2026-11-27"],
  ["Daily_Show_2026_11_27", "daily show|2026-11-27"],
  ["[Group] Some Show - S02E05 [1080p]", "some show|s2e5"],
  ["Some.Show.2019.S01E02.1080p", "some show 2019|s1e2"],
  ["Mr. Show's Hour S01E02", "mr shows hour|s1e2"],
  ["Ünïcode.Shöw.S03E04.GERMAN", "ünïcode shöw|s3e4"],
  ["Сериал.S01E02.WEB", "сериал|s1e2"],
  ["Some.Show.S01E02.REPACK.1080p", "some show|s1e2|repack"],
  ["Some.Show.S01E02.REPACK2.1080p", "some show|s1e2|repack2"],
  ["Some.Show.S01E02.RERIP.1080p", "some show|s1e2|rerip"],
  ["The.Proper.Show.S01E02.1080p", "the proper show|s1e2"],
  ["Some.Film.2026.1080p.BluRay.x264-GRP"],
  ["Some.Film.1920x1080.x264"],
  ["Some.Music.Album.x264"],
  ["linux-distribution-26.04-amd64.iso"],
  ["Windows.95.S3.Driver.2000", "windows 95|s3"],
  ["DTS1x02 not an episode"],
  ["Class1E02 not an episode"],
  [""],
  ["S01E02", "|s1e2"],
];

for (const [title, ...keys] of titles)
  test(`the title "${title}" names ${keys.join(", ") || "no episode"}`, (t) => {
    const episodes = episodesOf(title);
    t.deepEqual(episodes === undefined ? [] : episodeKeys(episodes), keys);
  });

test("a huge range and a huge number stay bounded", (t) => {
  const wide = episodesOf("X S01E01-E999");
  t.deepEqual(wide && episodeKeys(wide), ["x|s1e1"]);
  const long = episodesOf(`X S01${"E01".repeat(150)}`);
  t.deepEqual(long && episodeKeys(long), ["x|s1e1"]);
  t.is(episodesOf(`X S${"9".repeat(400)}E1`), undefined);
});

test("an episode lies between two places", (t) => {
  const lies = (title: string, from?: string, to?: string): boolean => {
    const episodes = episodesOf(title);
    if (episodes === undefined) return false;
    return isBetween(episodes, from ? readPlace(from) : undefined, to ? readPlace(to) : undefined);
  };
  t.true(lies("X S01E02", "S01E02", "S01E02"));
  t.false(lies("X S01E01", "S01E02"));
  t.true(lies("X S02E01", "S01E02"));
  t.false(lies("X S02E01", undefined, "S01"));
  t.true(lies("X S01E99", undefined, "S01"));
  t.true(lies("X S01E01E02", "S01E02"));
  t.true(lies("X Season 2", "S01E05", "S02"));
  t.false(lies("X Season 3", "S01E05", "S02"));
  t.true(lies("X Seasons 1-9", "S05", "S05"));
  t.false(lies("X 2026.11.27", "S01"));
});

test("an episode is taken once, with its season, and again as a better copy", (t) => {
  const taken = new Set<string>();
  const isTaken = (title: string, mayRepeat = false): boolean => {
    const episodes = episodesOf(title);
    return episodes !== undefined && areTaken(episodes, (key) => taken.has(key), mayRepeat);
  };
  t.false(isTaken("X S01E02"));
  taken.add("x|s1e2");
  t.true(isTaken("x.s01e02.other"));
  t.false(isTaken("X S01E02E03"));
  t.true(isTaken("X S01E02 PROPER"));
  t.false(isTaken("X S01E02 PROPER", true));
  taken.add("x|s1e2|proper");
  t.true(isTaken("X S01E02 PROPER", true));
  t.false(isTaken("X S01E02 REPACK", true));
  t.false(isTaken("X S01"));
  taken.add("x|s1");
  t.true(isTaken("X S01E07"));
  t.false(isTaken("Y S01E02"));
});
