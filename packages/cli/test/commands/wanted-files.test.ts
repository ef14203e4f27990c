import test from "ava";
import { parsePriority, parseSelect } from "../../src/arguments/file-patterns.ts";
import { prioritiesOf, wantedFiles } from "../../src/commands/wanted-files.ts";

const paths = ["film/film.mkv", "film/subs/de.srt", "film/subs/en.srt", "film/readme.txt"];

test("only selected files are wanted", (t) => {
  t.deepEqual(
    prioritiesOf({ select: parseSelect("1,*.txt"), priorities: [] }, paths),
    [1, 0, 0, 1],
  );
});

test("priorities come after the selection, and the last rule counts", (t) => {
  const priorities = [parsePriority("*.srt=9"), parsePriority("subs/de*=0")];
  t.deepEqual(prioritiesOf({ select: undefined, priorities }, paths), [1, 0, 9, 1]);
  t.deepEqual(prioritiesOf({ select: parseSelect("1"), priorities }, paths), [1, 0, 9, 0]);
});

test("a pattern that matches no file is an error", (t) => {
  const select = parseSelect("*.iso");
  t.throws(() => prioritiesOf({ select, priorities: [] }, paths), {
    code: "no-such-file",
    message: "no file of the torrent matches *.iso: troupe info lists its files with their numbers",
  });
});

test("rules match the paths of the torrent itself", (t) => {
  const { priorities } = wantedFiles({ select: parseSelect("2"), priorities: [] });
  const files = paths.map((torrentPath) => ({ torrentPath, path: "/data/renamed" })) as never;
  t.deepEqual(typeof priorities === "function" ? priorities(files) : undefined, [0, 1, 0, 0]);
  t.deepEqual(wantedFiles({ select: undefined, priorities: [] }), {});
});

test("L14: excluded files stay unwanted, unless a rule names them", (t) => {
  const files = paths.map((torrentPath, file) => ({
    torrentPath,
    priority: file === 3 ? 0 : 1,
  })) as never;
  const listed = (select: string | undefined, rule: string) => {
    const wanted = {
      select: select === undefined ? undefined : parseSelect(select),
      priorities: [parsePriority(rule)],
    };
    const { priorities } = wantedFiles(wanted);
    return typeof priorities === "function" ? priorities(files) : undefined;
  };
  t.deepEqual(listed(undefined, "*.mkv=5"), [5, 1, 1, 0]);
  t.deepEqual(listed(undefined, "*.txt=1"), [1, 1, 1, 1]);
  t.deepEqual(listed("*.txt", "*.mkv=5"), [5, 0, 0, 1]);
});
