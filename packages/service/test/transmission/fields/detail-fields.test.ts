import type { CommandResults } from "@troupe/control/commands";
import test from "ava";
import { exampleRow } from "../../support/example-row.ts";
import { TransmissionService } from "../../support/transmission.ts";
import { exampleFile, examplePeer, exampleTracker } from "../../support/transmission-details.ts";

type Values = Readonly<Record<string, unknown>>;

/** A field of a torrent whose questions have these answers. */
async function fieldOf(name: string, answers: Values, row: object = {}): Promise<unknown> {
  return (await new TransmissionService([exampleRow(row)], answers).fields(name))[name];
}

test("files have paths below the folder of the torrent, and the piece behind their last", async (t) => {
  const { pieceRange: _, ...withoutBytes } = exampleFile({ path: "/data/album/empty" });
  const files = [
    exampleFile({ pieceRange: [3, 5] }),
    { ...withoutBytes, lengthBytes: 0, haveBytes: 0 },
    exampleFile({ path: "/elsewhere/one.mp3" }),
  ];
  const shown = (await fieldOf("files", { files })) as readonly Values[];
  t.deepEqual(
    shown.map(({ name, begin_piece: begin, end_piece: end }) => [name, begin, end]),
    [
      ["album/one.mp3", 3, 6],
      ["album/empty", 0, 0],
      ["album/one.mp3", 0, 2],
    ],
  );
  t.like(shown[0], { bytes_completed: 16_384, length: 32_768 });
});

test("priorities of files are three, and an unwanted file has the normal one", async (t) => {
  const files = [0, 1, 2, 3, 4, 5, 6, 7, 65_535].map((priority) => exampleFile({ priority }));
  const shown = (await fieldOf("file_stats", { files })) as readonly Values[];
  const priorities = [0, 0, -1, -1, 0, 0, 1, 1, 1];
  t.deepEqual(
    shown.map(({ priority }) => priority),
    priorities,
  );
  t.deepEqual(await fieldOf("priorities", { files }), priorities);
  t.deepEqual(
    shown.map(({ wanted }) => wanted),
    [false, true, true, true, true, true, true, true, true],
  );
});

test("peers have the letters of the protocol", async (t) => {
  const flags = async (peer: Parameters<typeof examplePeer>[0]): Promise<unknown> => {
    const shown = await fieldOf("peers", { peers: [examplePeer(peer)] });
    return (shown as readonly Values[])[0]?.["flag_str"];
  };
  t.is(await flags({}), "");
  t.is(await flags({ amInterested: true, isPeerInterested: true }), "du");
  t.is(await flags({ downBytesPerSecond: 1, upBytesPerSecond: 1 }), "DU");
  t.is(await flags({ amChokedByPeer: false, isPeerChoked: false }), "K?");
  t.is(await flags({ isOptimistic: true, isIncoming: true, sources: ["dht-local"] }), "OHI");
  t.is(await flags({ sources: ["pex-internet", "dht-internet"] }), "X");
});

test("peers show what moves in both directions", async (t) => {
  const peer = examplePeer({ downBytesPerSecond: 10.4, isIncoming: true });
  const [shown = {}] = (await fieldOf("peers", { peers: [peer] })) as readonly Values[];
  t.like(shown, {
    address: "192.0.2.7",
    bytes_to_client: 100,
    bytes_to_peer: 200,
    is_downloading_from: true,
    is_uploading_to: false,
    is_incoming: true,
    progress: 0.5,
    rate_to_client: 10,
    rate_to_peer: 0,
  });
});

test("each peer counts at one source of its address", async (t) => {
  const sources: readonly CommandResults["peers"][number]["sources"][] = [
    ...[["user"], ["record", "dht-local"], ["tracker-local"], ["pex-local"]],
    ...[["local-discovery"], ["dht-internet"], []],
  ] as never;
  const peers = [
    ...sources.map((each) => examplePeer({ sources: each })),
    examplePeer({ isIncoming: true }),
  ];
  t.deepEqual(await fieldOf("peers_from", { peers }), {
    from_cache: 2,
    from_dht: 1,
    from_incoming: 2,
    from_lpd: 1,
    from_ltep: 0,
    from_pex: 1,
    from_tracker: 1,
  });
});

test("pieces are base64, and the availability is -1 for those that are had", async (t) => {
  const pieces = {
    ...{ pieces: 10, pieceLengthBytes: 1, lastPieceLengthBytes: 1 },
    ...{ had: Buffer.from([0b1010_0000, 0b0100_0000]).toString("base64"), wanted: "" },
  };
  t.is(await fieldOf("pieces", { pieces }), "oEA=");
  t.deepEqual(await fieldOf("availability", { pieces }), [-1, 0, -1, 0, 0, 0, 0, 0, 0, -1]);
});

test("trackers tell their state by the last answer and the next announce", async (t) => {
  const trackers = [["http://tracker.example/announce", "http://b.example/", "http://c.example/"]];
  const known = [
    exampleTracker(),
    exampleTracker({ url: "http://b.example/", isWorking: false, error: "it is down", peers: 0 }),
  ];
  const tiers = [{ complete: 0, incomplete: 0, failures: 0, trackers: known }];
  const shown = (await fieldOf("tracker_stats", { tiers }, { trackers })) as readonly Values[];
  const [working, failed, unknown] = shown;
  t.like(working, {
    announce_state: 1,
    has_announced: true,
    host: "tracker.example:80",
    id: 0,
    is_backup: false,
    last_announce_peer_count: 17,
    last_announce_result: "Success",
    last_announce_succeeded: true,
    leecher_count: 5,
    next_announce_time: 1_700_001_060,
    seeder_count: 12,
    tier: 0,
  });
  t.like(failed, {
    has_announced: true,
    id: 1,
    is_backup: false,
    last_announce_result: "it is down",
    last_announce_succeeded: false,
  });
  t.like(unknown, {
    announce_state: 0,
    has_announced: false,
    id: 2,
    is_backup: true,
    leecher_count: -1,
    next_announce_time: 0,
    seeder_count: -1,
  });
});

test("the first tracker of a tier without an announce is no backup", async (t) => {
  const trackers = [["http://a.example/", "http://b.example/"], ["http://c.example/"]];
  const isBackup = async (known: readonly object[]): Promise<readonly unknown[]> => {
    const tiers = [{ complete: 0, incomplete: 0, failures: 0, trackers: known }];
    const shown = await fieldOf("tracker_stats", { tiers }, { trackers });
    return (shown as readonly Values[]).map(({ is_backup }) => is_backup);
  };
  t.deepEqual(await isBackup([]), [false, true, false]);
  t.deepEqual(await isBackup([exampleTracker({ url: "http://b.example/" })]), [true, false, false]);
});
