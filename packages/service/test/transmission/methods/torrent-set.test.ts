import test from "ava";
import type { TorrentRow } from "../../../src/view/torrent-row.ts";
import { exampleRow } from "../../support/example-row.ts";
import { fails, hashOf, numberedRows, TransmissionService } from "../../support/transmission.ts";
import { exampleFile } from "../../support/transmission-details.ts";
import { specMutators } from "../../support/transmission-keys.ts";

const threeFiles = [
  exampleFile({ priority: 1 }),
  exampleFile({ priority: 0 }),
  exampleFile({ priority: 6 }),
];

/** The commands that a torrent_set makes for a torrent. */
async function commandsOf(
  params: Readonly<Record<string, unknown>>,
  row: Partial<TorrentRow> = {},
): Promise<readonly unknown[]> {
  const service = new TransmissionService(
    numberedRows(1, () => row),
    { files: threeFiles },
  );
  return await service.commandsOf("torrent_set", { ids: 1, ...params });
}

/** The settings that a torrent_set changes. */
async function settingsAfter(
  params: Readonly<Record<string, unknown>>,
  settings: object = {},
): Promise<unknown> {
  const made = await commandsOf(params, { settings });
  const [[name, given] = []] = made as readonly (readonly [string, object])[];
  if (name === undefined) return {};
  const { torrent: _, ...changes } = { torrent: "", ...given };
  return changes;
}

test("every argument of the page makes a command, or holds already", async (t) => {
  for (const [name, value] of Object.entries(specMutators)) {
    const alone = { [name]: value };
    const made = await commandsOf(alone, { settings: { limits: { down: 9_000, up: 9_000 } } });
    const needsOther = /^(?:honors_|seed_.*_limit$|sequential_download_from)/.test(name);
    t.is(made.length, needsOther ? 0 : 1, name);
  }
});

test("the classic names of arguments do the same", async (t) => {
  const service = new TransmissionService(numberedRows(1));
  const given = { ids: [1], seedRatioLimit: 2.5, seedRatioMode: 1, "peer-limit": 30 };
  t.is((await service.classic("torrent-set", given)).result, "success");
  t.deepEqual(service.calls.made, [
    ["set", { torrent: hashOf(1), goals: { ratio: 2.5 }, maxPeers: 30 }],
  ]);
});

test("bandwidth priorities are words in the engine", async (t) => {
  t.deepEqual(await settingsAfter({ bandwidth_priority: -1 }), { bandwidthPriority: "low" });
  t.deepEqual(await settingsAfter({ bandwidth_priority: 0 }), { bandwidthPriority: "normal" });
  t.deepEqual(await settingsAfter({ bandwidth_priority: 1 }), { bandwidthPriority: "high" });
  const service = new TransmissionService(numberedRows(1));
  const wrong = service.jsonRpc("torrent_set", { ids: 1, bandwidth_priority: 2 });
  await fails(t, wrong, -32_602, /bandwidth_priority is 2; allowed is -1, 0 or 1/);
});

test("a speed limit is in kB/s, and follows its switch", async (t) => {
  t.deepEqual(await settingsAfter({ download_limit: 50, download_limited: true }), {
    limits: { down: 50_000 },
  });
  t.deepEqual(await settingsAfter({ upload_limited: true }), { limits: { up: 100_000 } });
  t.deepEqual(await settingsAfter({ upload_limit: 0, upload_limited: true }), {
    limits: { up: 1_000 },
  });
  t.deepEqual(await settingsAfter({ upload_limited: false, upload_limit: 9 }), {
    limits: { up: 0 },
  });
  t.deepEqual(await settingsAfter({ download_limit: 50 }), {});
  t.deepEqual(await settingsAfter({ download_limit: 50 }, { limits: { down: 7_000 } }), {
    limits: { down: 50_000 },
  });
});

test("the modes of the ratio are that of the session, its own, and none", async (t) => {
  t.deepEqual(await settingsAfter({ seed_ratio_mode: 0 }), { goals: { ratio: null } });
  t.deepEqual(await settingsAfter({ seed_ratio_mode: 1, seed_ratio_limit: 1.5 }), {
    goals: { ratio: 1.5 },
  });
  t.deepEqual(await settingsAfter({ seed_ratio_mode: 1 }, { goals: { ratio: 3 } }), {
    goals: { ratio: 3 },
  });
  t.deepEqual(await settingsAfter({ seed_ratio_mode: 2 }), { goals: { ratio: 1_000_000 } });
  t.deepEqual(await settingsAfter({ seed_ratio_limit: 1.5 }), {});
  t.deepEqual(await settingsAfter({ seed_ratio_limit: 1.5 }, { goals: { ratio: 3 } }), {
    goals: { ratio: 1.5 },
  });
});

test("the time without uploads is in minutes", async (t) => {
  t.deepEqual(await settingsAfter({ seed_idle_mode: 1, seed_idle_limit: 90 }), {
    goals: { idleSeconds: 5_400 },
  });
  t.deepEqual(await settingsAfter({ seed_idle_mode: 1, seed_idle_limit: 0 }), {
    goals: { idleSeconds: 1 },
  });
  t.deepEqual(await settingsAfter({ seed_idle_mode: 2 }), {
    goals: { idleSeconds: 1_000_000_000 },
  });
  t.deepEqual(await settingsAfter({ seed_idle_mode: 0 }), { goals: { idleSeconds: null } });
});

test("a goal of a torrent that had none at all counts again", async (t) => {
  const own = { goals: { action: "none" } };
  t.deepEqual(await settingsAfter({ seed_ratio_mode: 1, seed_ratio_limit: 2 }, own), {
    goals: { ratio: 2, action: null },
  });
});

test("a piece to begin at counts for a sequential torrent alone", async (t) => {
  t.deepEqual(await settingsAfter({ sequential_download: true }), { sequential: true });
  t.deepEqual(
    await settingsAfter({ sequential_download: true, sequential_download_from_piece: 4 }),
    { sequential: true, fromPiece: 4 },
  );
  t.deepEqual(
    await settingsAfter({ sequential_download_from_piece: 0 }, { sequential: true, fromPiece: 4 }),
    { sequential: true, fromPiece: null },
  );
  t.deepEqual(await settingsAfter({ sequential_download: false }, { fromPiece: 4 }), {
    sequential: false,
    fromPiece: null,
  });
});

test("labels are trimmed, and may be neither empty nor have a comma", async (t) => {
  t.deepEqual(await settingsAfter({ labels: [" a ", "b", "a"] }), { labels: ["a", "b"] });
  t.deepEqual(await settingsAfter({ labels: [] }), { labels: [] });
  const service = new TransmissionService(numberedRows(1));
  const set = (labels: unknown) => service.jsonRpc("torrent_set", { ids: 1, labels });
  await fails(t, set(["a", " "]), -32_602, /labels cannot be empty/);
  await fails(t, set(["a,b"]), -32_602, /labels cannot contain comma/);
  await fails(t, set("a"), -32_602, /labels is "a"; allowed is a list of texts/);
  t.deepEqual(service.calls.made, []);
});

test("an empty group ends that the torrent is in one", async (t) => {
  t.deepEqual(await settingsAfter({ group: "films" }), { group: "films" });
  t.deepEqual(await settingsAfter({ group: "" }), { group: null });
});

test("files are chosen by index, and an empty list means all", async (t) => {
  const [torrent] = [hashOf(1)];
  t.deepEqual(await commandsOf({ files_unwanted: [0, 2] }), [
    [
      "set-priorities",
      {
        torrent,
        priorities: [
          { file: 0, priority: 0 },
          { file: 2, priority: 0 },
        ],
      },
    ],
  ]);
  t.deepEqual(await commandsOf({ files_wanted: [] }), [
    ["set-priorities", { torrent, priorities: [{ file: 1, priority: 4 }] }],
  ]);
  t.deepEqual(await commandsOf({ priority_high: [2] }), []);
});

test("a priority makes no file wanted, and a plain file goes before one of low priority", async (t) => {
  const torrent = hashOf(1);
  t.deepEqual(await commandsOf({ priority_low: [1, 2] }), [
    [
      "set-priorities",
      {
        torrent,
        priorities: [
          { file: 0, priority: 4 },
          { file: 2, priority: 2 },
        ],
      },
    ],
  ]);
  t.deepEqual(await commandsOf({ files_unwanted: [0], priority_normal: [0] }), [
    ["set-priorities", { torrent, priorities: [{ file: 0, priority: 0 }] }],
  ]);
});

test("a file that there is not is refused before anything changes", async (t) => {
  const service = new TransmissionService(numberedRows(1), { files: threeFiles });
  for (const index of [3, -1]) {
    const params = { ids: 1, files_wanted: [index], labels: ["a"] };
    await fails(t, service.jsonRpc("torrent_set", params), 6, /file index out of range/);
  }
  t.deepEqual(service.calls.made, []);
});

test("trackers are added, removed and replaced by their numbers", async (t) => {
  const trackers = [["http://a.example/", "http://b.example/"], ["udp://c.example:1"]];
  const tiersAfter = async (params: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const [[, given] = []] = (await commandsOf(params, { trackers })) as readonly (readonly [
      string,
      { readonly trackerTiers: unknown },
    ])[];
    return given?.trackerTiers;
  };
  t.deepEqual(await tiersAfter({ tracker_add: ["http://d.example/", "http://a.example/"] }), [
    ...trackers,
    ["http://d.example/"],
  ]);
  t.deepEqual(await tiersAfter({ tracker_remove: [2, 0] }), [["http://b.example/"]]);
  t.deepEqual(await tiersAfter({ tracker_replace: [1, "http://d.example/"] }), [
    ["http://a.example/", "http://d.example/"],
    ["udp://c.example:1"],
  ]);
  t.deepEqual(
    await tiersAfter({ tracker_list: "http://d.example/\nhttp://e.example/\r\n\n\nudp://f:1\n" }),
    [["http://d.example/", "http://e.example/"], ["udp://f:1"]],
  );
  t.deepEqual(await tiersAfter({ tracker_list: "" }), []);
});

test("trackers change from those that are set in place of the torrent's own", async (t) => {
  const settings = { trackerTiers: [["http://a.example/"]] };
  t.deepEqual(await commandsOf({ tracker_add: ["http://b.example/"] }, { settings }), [
    ["set", { torrent: hashOf(1), trackerTiers: [["http://a.example/"], ["http://b.example/"]] }],
  ]);
});

test("changes of trackers that change nothing, and other addresses, are refused", async (t) => {
  const service = new TransmissionService(numberedRows(1));
  const set = (params: object) => service.jsonRpc("torrent_set", { ids: 1, ...params });
  await fails(t, set({ tracker_remove: [9] }), 1, /error setting announce list/);
  await fails(t, set({ tracker_add: ["file:///etc/passwd"] }), 1, /no http:\/\/, https/);
  await fails(t, set({ tracker_list: "wss://a.example" }), 2, /no http:\/\/, https/);
  await fails(t, set({ tracker_replace: [0] }), 1, /error setting announce list/);
  await fails(t, set({ tracker_replace: ["a", "b"] }), -32_602, /numbers and URLs in turn/);
  t.deepEqual(service.calls.made, []);
});

test("the limits of the session hold for each torrent", async (t) => {
  const service = new TransmissionService(numberedRows(1));
  const set = service.jsonRpc("torrent_set", { ids: 1, honors_session_limits: false });
  await fails(t, set, 5, /the limits of the session hold for all torrents/);
});

test("a new position and a new folder are commands of their own", async (t) => {
  const torrent = hashOf(1);
  t.deepEqual(await commandsOf({ queue_position: 4, location: "/new", labels: ["a"] }), [
    ["set", { torrent, labels: ["a"] }],
    ["queue", { torrent, position: 4 }],
    ["move", { torrent, directory: "/new" }],
  ]);
});

test("two calls that add trackers at the same time both count", async (t) => {
  const service = new TransmissionService([exampleRow({ torrent: hashOf(1), trackers: [] })]);
  const { calls } = service;
  // The view has a change when the command ends.
  calls.run = (name: string, given: object) => {
    calls.made.push([name, given]);
    calls.change([exampleRow({ torrent: hashOf(1), trackers: [], settings: given })]);
    return Promise.resolve() as never;
  };
  const add = (url: string) => service.result("torrent_set", { ids: 1, tracker_add: [url] });
  await Promise.all([add("http://a.example/"), add("http://b.example/")]);
  const { settings } = calls.live.row(hashOf(1)) ?? {};
  t.like(settings, { trackerTiers: [["http://a.example/"], ["http://b.example/"]] });
});

test("each argument of a wrong type is refused with its name", async (t) => {
  const service = new TransmissionService(numberedRows(1), { files: threeFiles });
  const wrongs = [{ a: 1 }, [[1]], "\u0000", [null], -1e300, 1e300];
  for (const [name, value] of Object.entries(specMutators)) {
    const ofOtherType = wrongs.filter((wrong) => typeof wrong !== typeof value);
    for (const wrong of ofOtherType) {
      const { error } = await service.jsonRpc("torrent_set", { ids: 1, [name]: wrong });
      t.is(error?.code, -32_602, `${name} ${JSON.stringify(wrong)}`);
      t.true(error?.data?.error_string?.includes(name));
    }
  }
  t.deepEqual(service.calls.made, []);
});
