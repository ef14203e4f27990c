import test from "ava";
import type { ExecutionContext } from "ava";
import fc from "fast-check";
import { renderFrame, type Scene } from "../../src/display/frame.ts";
import { plainLine } from "../../src/display/plain-line.ts";
import { plainStyle, type Style } from "../../src/display/style.ts";
import { columnsOf } from "../../src/display/text-width.ts";
import type { TorrentView } from "../../src/display/torrent-view.ts";

const unicode: Style = { usesUnicode: true, usesColour: false };
const mebibyte = 1024 ** 2;

function view(fields: Partial<TorrentView> = {}): TorrentView {
  return {
    name: "debian-13.1.0-amd64-netinst.iso",
    state: "active",
    hasMetadata: true,
    why: undefined,
    lengthBytes: 2355 * mebibyte,
    checking: undefined,
    isComplete: false,
    directory: "/data",
    elapsedSeconds: 12,
    fault: undefined,
    ...fields,
    progress: {
      haveBytes: 1229 * mebibyte,
      wantedBytes: 2355 * mebibyte,
      downloadedBytes: 1229 * mebibyte,
      uploadedBytes: 12 * mebibyte,
      wastedBytes: 0,
      failedHashBytes: 0,
      protocolDownBytes: 0,
      protocolUpBytes: 0,
      downBytesPerSecond: 102.3 * mebibyte,
      upBytesPerSecond: 1.2 * mebibyte,
      peers: 12,
      ...{ seeds: 0, sendingPeers: 0, gettingPeers: 0 },
      etaSeconds: 80,
      ...fields.progress,
    },
  };
}

const seed = view({
  isComplete: true,
  progress: { ...view().progress, haveBytes: 2355 * mebibyte },
});

function sceneOf(views: readonly TorrentView[]): Scene {
  return { views, note: undefined, workers: [] };
}

const draws = test.macro(
  (t: ExecutionContext, columns: number, views: readonly TorrentView[], expected: string[]) => {
    t.deepEqual(renderFrame(sceneOf(views), { columns, rows: 23 }, unicode), expected);
  },
);

const magnet = view({
  name: "ab".repeat(20),
  state: "metadata",
  hasMetadata: false,
  lengthBytes: 0,
  progress: { ...view().progress, haveBytes: 0, wantedBytes: 0, peers: 3 },
});

test(
  "a magnet shows how far its metadata is instead of a bar",
  draws,
  79,
  [{ ...magnet, why: { code: "fetching-metadata", message: "4 of 9 blocks came from 2 peers" } }],
  [
    "abababababababababababababababababababab             3 peers  fetching metadata",
    "4 of 9 blocks came from 2 peers",
  ],
);
test(
  "a stopped magnet has no figures",
  draws,
  79,
  [{ ...magnet, state: "stopped" }],
  [
    "abababababababababababababababababababab                                stopped",
    "its files are not known yet",
  ],
);

test("in a pipe a magnet has its peers and how far its metadata is", (t) => {
  const why = { code: "fetching-metadata", message: "4 of 9 blocks came from 2 peers" };
  const name = "ab".repeat(20);
  t.is(
    plainLine({ ...magnet, why }),
    `${name}: fetching metadata, 3 peers, 4 of 9 blocks came from 2 peers`,
  );
  t.is(plainLine(magnet), `${name}: fetching metadata, 3 peers`);
});

test(
  "a download on a terminal of 80 columns",
  draws,
  79,
  [view()],
  [
    "debian-13.1.0-amd64-netinst.iso                           12 peers  downloading",
    "███████░░░░░░░  52.1 %  1.20 GiB of 2.30 GiB  ↓ 102 MiB/s  ↑1.20 MiB/s  1m 20s ",
  ],
);

test(
  "a narrow terminal keeps the most important parts",
  draws,
  40,
  [view()],
  ["debian-13.1.0-amd… 12 peers  downloading", "█████░░░░░  52.1 %  ↓ 102 MiB/s  1m 20s "],
);

const wasteful = view({ progress: { ...view().progress, wastedBytes: 3 * mebibyte } });

test(
  "a wide terminal shows everything",
  draws,
  125,
  [wasteful],
  [
    "debian-13.1.0-amd64-netinst.iso                                                                         12 peers  downloading",
    "████████████████████░░░░░░░░░░░░░░░░░░░░  52.1 %  1.20 GiB of 2.30 GiB  ↓ 102 MiB/s  ↑1.20 MiB/s  1m 20s   wasted 3.00 MiB",
  ],
);

const failing = view({
  progress: { ...wasteful.progress, failedHashBytes: mebibyte },
});

test(
  "AE15: data that failed its hash is named beside the wasted data",
  draws,
  143,
  [failing],
  [
    "debian-13.1.0-amd64-netinst.iso                                                                                           12 peers  downloading",
    "████████████████████░░░░░░░░░░░░░░░░░░░░  52.1 %  1.20 GiB of 2.30 GiB  ↓ 102 MiB/s  ↑1.20 MiB/s  1m 20s   wasted 3.00 MiB (1.00 MiB failed)",
  ],
);

test(
  "all bars have the same width",
  draws,
  79,
  [view(), seed],
  [
    "debian-13.1.0-amd64-netinst.iso                           12 peers  downloading",
    "███████░░░░░░░  52.1 %  1.20 GiB of 2.30 GiB  ↓ 102 MiB/s  ↑1.20 MiB/s  1m 20s ",
    "debian-13.1.0-amd64-netinst.iso                               12 peers  seeding",
    "██████████████   100 %  2.30 GiB  ↑1.20 MiB/s  sent 12.0 MiB",
    "2 torrents, 1 complete: 3.50 GiB of 4.60 GiB, ↓ 205 MiB/s, ↑ 2.40 MiB/s",
  ],
);

const checking = view({ state: "checking", checking: { done: 5, total: 20 } });

test(
  "a check shows its progress",
  draws,
  60,
  [checking],
  [
    "debian-13.1.0-amd64-netinst.iso                     checking",
    "█████████░░░░░░░░░░░░░░░░░░░░░░░░░░░  25.0 %  5 of 20 pieces",
  ],
);

const broken = view({ state: "error", fault: "the disk is full" });

test(
  "an error takes the place of the bar",
  draws,
  60,
  [broken],
  ["debian-13.1.0-amd64-netinst.iso                        error", "the disk is full"],
);

test("a terminal without UTF-8 gets ASCII only", (t) => {
  const lines = renderFrame(sceneOf([view()]), { columns: 80, rows: 23 }, plainStyle);
  t.regex(lines.join(""), /^[\u0020-\u007e]+$/);
});

test("torrents that do not fit in the height are summed up", (t) => {
  const views = [view(), view(), view({ state: "error", fault: "x" }), seed];
  const lines = renderFrame(
    { ...sceneOf(views), note: { text: "note", colour: "dim" } },
    { columns: 80, rows: 6 },
    unicode,
  );
  t.is(lines.length, 5);
  t.deepEqual(lines.slice(2), [
    "and 3 more torrents, 1 complete, 1 in error",
    "4 torrents, 1 complete: 5.90 GiB of 9.20 GiB, ↓ 409 MiB/s, ↑ 4.80 MiB/s",
    "note",
  ]);
});

test("no line is ever wider than the terminal, and no frame higher", (t) => {
  const number = fc.double({ min: 0, max: 1e18, noNaN: true });
  const views = fc.array(
    fc.record({
      name: fc
        .string({ unit: "grapheme", maxLength: 60 })
        .map((name) => name.replaceAll(/\p{C}/gu, "")),
      state: fc.constantFrom("active", "checking", "stopped", "error", "paused"),
      isComplete: fc.boolean(),
      fault: fc.constantFrom(undefined, "the disk is full and will be so for a long time to come"),
      numbers: fc.tuple(number, number, number),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(
      views,
      fc.integer({ min: 20, max: 200 }),
      fc.integer({ min: 2, max: 30 }),
      (rows, columns, height) => {
        const shown = rows.map(
          ({ name, state, isComplete, fault, numbers: [have, wanted, rate] }) =>
            view({
              name,
              state: state as TorrentView["state"],
              isComplete,
              fault,
              checking: { done: have, total: wanted },
              progress: {
                ...view().progress,
                haveBytes: have,
                wantedBytes: wanted,
                downBytesPerSecond: rate,
              },
            }),
        );
        const lines = renderFrame(
          { ...sceneOf(shown), note: { text: "a note", colour: "dim" } },
          { columns, rows: height },
          unicode,
        );
        for (const line of lines) t.true(columnsOf(line) <= columns, `${columns}: ${line}`);
        t.true(lines.length <= Math.max(height, 4));
      },
    ),
  );
});

test("a torrent in one plain line", (t) => {
  t.is(
    plainLine(view()),
    "debian-13.1.0-amd64-netinst.iso: downloading, 52.1 %, 1.20 GiB of 2.30 GiB, down 102 MiB/s, up 1.20 MiB/s, 12 peers, 1m 20s left",
  );
  t.is(plainLine(seed), "debian-13.1.0-amd64-netinst.iso: seeding, 100 %, up 1.20 MiB/s, 12 peers");
  t.is(
    plainLine(view({ fault: "the disk is full" })),
    "debian-13.1.0-amd64-netinst.iso: error: the disk is full",
  );
});
