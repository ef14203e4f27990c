import test from "ava";
import { matchesFileGlob } from "../../src/text/file-glob.ts";

test("a glob without a slash matches the file name, a glob with a slash the path", (t) => {
  t.true(matchesFileGlob("*.nfo", "film/film.nfo"));
  t.true(matchesFileGlob("Sample/**", "film/Sample/a/b.mkv"));
  t.true(matchesFileGlob("film/Sample/**", "film/Sample/b.mkv"));
  t.true(matchesFileGlob("{a,b}.txt", "a.txt"));
  t.false(matchesFileGlob("Sample", "film/Sample/b.mkv"));
  t.false(matchesFileGlob("*.nfo", "film.nfo/readme"));
});

test("a glob that is a file's own name matches it, whatever its characters mean", (t) => {
  t.true(matchesFileGlob("[1] odd.txt", "film/[1] odd.txt"));
});

test("case counts, except on macOS and Windows", (t) => {
  const isLoose = process.platform === "darwin" || process.platform === "win32";
  t.is(matchesFileGlob("*.nfo", "film/FILM.NFO"), isLoose);
});
