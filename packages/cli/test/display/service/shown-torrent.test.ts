import test from "ava";
import { shownTorrent, type TorrentAnswers } from "../../../src/display/service/shown-torrent.ts";
import { plainStyle } from "../../../src/display/style.ts";
import { peerOf, rowOf } from "../../support/fake-service.ts";

const answers: TorrentAnswers = {
  files: [
    {
      path: "film/a.mkv",
      torrentPath: "film/a.mkv",
      lengthBytes: 2_048,
      offset: 0,
      pieceRange: [0, 1],
      priority: 1,
      haveBytes: 1_024,
      isPadding: false,
      isInPartFile: false,
    },
    {
      path: "film/\u001b[2Jb.nfo",
      torrentPath: "b.nfo",
      lengthBytes: 0,
      offset: 2_048,
      priority: 0,
      haveBytes: 0,
      isPadding: false,
      isInPartFile: false,
    },
  ],
  peers: [peerOf({ flags: "D\u001b[2J" })],
  tiers: [
    {
      complete: 3,
      incomplete: 1,
      failures: 0,
      trackers: [
        {
          url: "http://tracker.example/secret/announce",
          tier: 0,
          failures: 0,
          peers: 4,
          isWorking: true,
        },
      ],
    },
  ],
  swarm: { strip: "", why: { code: "few-peers", message: "too few peers" } },
};

function shown(row = rowOf("1", 7), columns: number | undefined = 100): string[] {
  return shownTorrent(row, answers, { style: plainStyle, columns });
}

test("the facts, files, peers and trackers of a torrent have sections of their own", (t) => {
  const lines = shown();
  const titles = lines.filter((_, at) => lines[at - 1] === "");
  t.deepEqual(titles, ["2 files", "1 peer", "1 tracker"]);
  t.true(lines.includes("number     7"));
  t.true(lines.includes("1  2.00 KiB  0-1     film/a.mkv (50.0 %)"));
  t.true(lines.some((line) => line.endsWith("b.nfo (not wanted)")));
  t.true(lines.some((line) => line.includes("192.0.2.7:6881")));
  t.true(lines.some((line) => line.startsWith("tracker tracker.example: 4 peers")));
});

test("no text of the service steers the terminal, and no path of a tracker is shown", (t) => {
  const row = rowOf("1", 1, { name: "a\u001b[2J", labels: ["\u001b[2J"], warnings: ["\u001b[2J"] });
  const text = shown(row).join("\n");
  t.false(text.includes("\u001b"));
  t.false(text.includes("secret"));
});

test("a torrent without metadata has no size and no files", (t) => {
  const row = rowOf("1", 1, { hasMetadata: false, state: "metadata" });
  const text = shownTorrent(row, { ...answers, files: [] }, { style: plainStyle, columns: 80 });
  t.true(text.includes("the files are not known yet"));
  t.false(text.some((line) => line.startsWith("size")));
});
