import test from "ava";
import { isPlayable } from "../../src/details/media-names.ts";

test("G12: films and sounds are played, other files are not", (t) => {
  for (const name of ["film.mkv", "a.b.MP4", "song.opus", "old.mpg", "x.mpeg"])
    t.true(isPlayable(name), name);
  for (const name of ["page.html", "picture.svg", "mkv", "film.mkv.part", "subs.srt", "types.tsx"])
    t.false(isPlayable(name), name);
});
