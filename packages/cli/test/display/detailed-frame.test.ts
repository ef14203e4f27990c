// Frames with everything that is known of a torrent, at the sizes of real terminals.

import { stripVTControlCharacters } from "node:util";
import test from "ava";
import type { ExecutionContext } from "ava";
import fc from "fast-check";
import { anyCharacter } from "../../../../test/support/any-text.ts";
import { detailsOf } from "../../src/display/details.ts";
import { renderFrame, type FrameSize, type Scene } from "../../src/display/frame.ts";
import type { Style } from "../../src/display/style.ts";
import { columnsOf } from "../../src/display/text-width.ts";
import type { TorrentView } from "../../src/display/torrent-view.ts";
import { peerStatus, strip, torrentStatus, trackerStatus } from "../support/details.ts";
import { noProgress } from "../support/fake-engine.ts";

const unicode: Style = { usesUnicode: true, usesColour: false };
const mebibyte = 1024 ** 2;

const progress = {
  ...noProgress,
  haveBytes: 100 * mebibyte,
  wantedBytes: 200 * mebibyte,
  downBytesPerSecond: mebibyte,
  peers: 2,
  etaSeconds: 100,
};

function download(fields: Partial<TorrentView> = {}): TorrentView {
  return {
    name: "debian.iso",
    state: "active",
    hasMetadata: true,
    why: undefined,
    lengthBytes: 200 * mebibyte,
    progress,
    checking: undefined,
    isComplete: false,
    directory: "/data",
    elapsedSeconds: 12,
    fault: undefined,
    details: detailsOf(torrentStatus()),
    ...fields,
  };
}

function scene(...views: TorrentView[]): Scene {
  const workers = [{ name: "file", state: "running", restarts: 0 }];
  return { views, note: { text: "listening on port 6881", colour: "dim" }, workers };
}

const draws = test.macro(
  (t: ExecutionContext, what: Scene, size: FrameSize, expected: readonly string[]) => {
    t.deepEqual(renderFrame(what, size, unicode), expected);
  },
);

test("a download on 40 columns", draws, scene(download()), { columns: 39, rows: 20 }, [
  "debian.iso         2 peers  downloading",
  "████░░░░░  50.0 %  ↓1.00 MiB/s  1m 40s ",
  "██████████▓▓▓▒▒▒▒▒▒▒░░░░░░░░░░░░×××××██",
  "limited by the peer (1.0 MiB/s)",
  "tracker tracker.example: 50 peers (7 s…",
  "in /data, for 12s, ratio 0.00",
  "peer                  has           ↓",
  "192.0.2.7:6881      100 %  1.00 MiB/s",
  "[2001:db8::7]:6881  100 %",
  "█ had  ▓ writing  ▒ on the way",
  "listening on port 6881",
]);

test("a download on 80 columns", draws, scene(download()), { columns: 79, rows: 20 }, [
  "debian.iso                                                 2 peers  downloading",
  "███████░░░░░░░░  50.0 %   100 MiB of 200 MiB  ↓1.00 MiB/s  ↑     0 B/s  1m 40s ",
  "████████████████████▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░░░░××××××××××████",
  "limited by the peer (1.0 MiB/s)",
  "tracker tracker.example: 50 peers (7 seeds, 90 leechers), next in 12m 03s",
  "in /data, for 12s, ratio 0.00",
  "flag  peer                client                    has           ↓           ↑",
  "D     192.0.2.7:6881      libtorrent 2.0.8        100 %  1.00 MiB/s",
  "d     [2001:db8::7]:6881  qBittorrent 5.0.0       100 %",
  "█ had  ▓ writing  ▒ on the way  ▄ partly  ░ missing  × nobody has  · unwanted",
  "listening on port 6881",
]);

test("AE15: the line of the folder has the ratio and the bytes of messages", (t) => {
  const figures = { uploadedBytes: 25 * mebibyte, protocolDownBytes: 2_048, protocolUpBytes: 512 };
  const torrent = download({ progress: { ...progress, ...figures } });
  t.is(
    renderFrame(scene(torrent), { columns: 79, rows: 20 }, unicode)[5],
    "in /data, for 12s, ratio 0.25, overhead 2.00 KiB down, 512 B up",
  );
});

test("a download on 160 columns", draws, scene(download()), { columns: 159, rows: 20 }, [
  `debian.iso${" ".repeat(129)}2 peers  downloading`,
  "████████████████████░░░░░░░░░░░░░░░░░░░░  50.0 %   100 MiB of 200 MiB  ↓1.00 MiB/s  ↑     0 B/s  1m 40s ",
  "████████████████████████████████████████▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░××××××××××××××××××××█████████",
  "limited by the peer (1.0 MiB/s)",
  "tracker tracker.example: 50 peers (7 seeds, 90 leechers), next in 12m 03s",
  "in /data, for 12s, ratio 0.00",
  "flag  peer                client                            has           ↓           ↑  asked     trip",
  "D     192.0.2.7:6881      libtorrent 2.0.8                100 %  1.00 MiB/s                 12    34 ms",
  "d     [2001:db8::7]:6881  qBittorrent 5.0.0               100 %                             12    34 ms",
  "█ had  ▓ writing  ▒ on the way  ▄ partly  ░ missing  × nobody has  · unwanted",
  "listening on port 6881",
]);

test("a low terminal shows the most important lines", (t) => {
  const last = [4, 5, 6, 7, 8, 9].map((rows) => {
    const lines = renderFrame(scene(download()), { columns: 79, rows }, unicode);
    t.true(lines.length <= rows);
    return lines.at(-2)?.split(" ")[0]?.slice(0, 4);
  });
  t.deepEqual(last, ["████", "limi", "limi", "D", "d", "d"]);
});

test("a tracker comes before peers only while it is needed", (t) => {
  const third = (status: Parameters<typeof torrentStatus>[0]): string | undefined =>
    renderFrame(
      scene(download({ details: detailsOf(torrentStatus(status)) })),
      { columns: 79, rows: 7 },
      unicode,
    )[4];
  t.regex(third({}) ?? "", /^flag/);
  const failing = trackerStatus({ isWorking: false, error: "refused" });
  t.regex(third({ trackers: [failing] }) ?? "", /^tracker/);
  t.regex(third({ peers: [] }) ?? "", /^tracker/);
});

test("with several torrents each picture comes before the peers of any", (t) => {
  const three = scene(download(), download({ name: "two" }), download({ name: "three" }));
  const lines = renderFrame(three, { columns: 79, rows: 10 }, unicode);
  t.is(lines.length, 10);
  t.is(lines.filter((line) => line.includes("▓")).length, 3);
  t.false(lines.some((line) => line.startsWith("flag")));
});

test("a complete torrent shows its peers and no picture", (t) => {
  const seed = download({ isComplete: true, progress: { ...progress, peers: 2 } });
  const lines = renderFrame(scene(seed), { columns: 79, rows: 20 }, unicode);
  t.false(lines.some((line) => line.includes("▓")));
  t.true(lines.some((line) => line.includes("192.0.2.7")));
});

test("a stopping torrent shows no old figures", (t) => {
  const stopping = download({ state: "stopping" });
  t.is(renderFrame(scene(stopping), { columns: 79, rows: 20 }, unicode).length, 3);
});

test("a missing worker comes first", (t) => {
  const workers = [{ name: "peer-0", state: "restarting", restarts: 1 }];
  const lines = renderFrame({ ...scene(download()), workers }, { columns: 79, rows: 4 }, unicode);
  t.is(lines[2], "workers: peer-0 restarting (1 restart)");
});

test("without UTF-8 every sign is ASCII, also in cut names and foreign letters", (t) => {
  const plain: Style = { usesUnicode: false, usesColour: false };
  const peers = [peerStatus({ client: "µTorrent 3.5.5 of a very long name" })];
  const view = download({ name: "日本語", details: detailsOf(torrentStatus({ peers })) });
  const lines = renderFrame(scene(view), { columns: 79, rows: 20 }, plain);
  t.regex(lines.join(""), /^[\u0020-\u007e]+$/);
  t.true(lines[0]?.startsWith("?????? "));
});

/** Texts from the network. */
const hostile = fc.string({ unit: anyCharacter, maxLength: 80 });
const rate = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e12, noNaN: true }));

const peers = fc.array(
  fc.record({
    host: hostile,
    client: hostile,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    rate,
  }),
  { maxLength: 30 },
);

const trackers = fc.array(
  fc.record({ url: hostile, error: hostile, isWorking: fc.boolean(), next: fc.nat(100_000) }),
  { maxLength: 8 },
);

const details = fc
  .record({ peers, trackers, why: hostile, cells: fc.array(fc.stringMatching(/^[hfim!u]{1,4}$/)) })
  .map((made) =>
    detailsOf(
      torrentStatus({
        strip: strip("h", ...made.cells),
        peers: made.peers.map(({ host, client, share, rate }) =>
          peerStatus({ host, client, haveShare: share, downBytesPerSecond: rate }),
        ),
        trackers: made.trackers.map(({ url, error, isWorking, next }) =>
          trackerStatus({ url, error, isWorking, nextInSeconds: next }),
        ),
        why: { code: "tracker-unreachable", message: made.why },
      }),
    ),
  );

test("for any input from the network lines and frames fit, and no text controls the terminal", (t) => {
  const size = fc.record({
    columns: fc.integer({ min: 20, max: 200 }),
    rows: fc.integer({ min: 5, max: 60 }),
  });
  const colours: Style = { usesUnicode: true, usesColour: true };
  fc.assert(
    fc.property(fc.array(details, { maxLength: 3 }), size, fc.boolean(), (all, room, isPlain) => {
      const what = scene(...all.map((made) => download({ details: made })));
      const lines = renderFrame(what, room, isPlain ? unicode : colours);
      t.true(lines.length <= Math.max(room.rows, 4), `${lines.length} lines in ${room.rows}`);
      for (const line of lines) {
        t.true(columnsOf(line) <= room.columns, `${room.columns}: ${line}`);
        // Our own colours are all that may look like an escape.
        const text = stripVTControlCharacters(line);
        t.notRegex(text, /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u);
      }
    }),
  );
});
