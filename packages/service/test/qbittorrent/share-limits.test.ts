import test from "ava";
import { hashOf, QbittorrentClient, rowOf } from "../support/qbittorrent-client.ts";

const hashes = hashOf("01");

/** Limits of qBittorrent, the goals that they become, and the limits that are shown then. */
const cases: readonly (readonly [ratio: string, minutes: string, goals: object, shown: object])[] =
  [
    ["-2", "-2", { ratio: null, seedSeconds: null }, { ratio_limit: -2, seeding_time_limit: -2 }],
    [
      "-1",
      "-1",
      { ratio: 1_000_000, seedSeconds: 1_000_000_000 },
      { ratio_limit: -1, seeding_time_limit: -1 },
    ],
    ["1.5", "90", { ratio: 1.5, seedSeconds: 5_400 }, { ratio_limit: 1.5, seeding_time_limit: 90 }],
    ["0", "0", { ratio: 0.000_001, seedSeconds: 1 }, { ratio_limit: 0, seeding_time_limit: 0 }],
    [
      "20000",
      "999999",
      { ratio: 9_999, seedSeconds: 31_536_000 },
      { ratio_limit: 9_999, seeding_time_limit: 525_600 },
    ],
    [
      "-7",
      "-7",
      { ratio: 1_000_000, seedSeconds: 1_000_000_000 },
      { ratio_limit: -1, seeding_time_limit: -1 },
    ],
  ];

for (const [ratioLimit, seedingTimeLimit, goals, shown] of cases)
  test(`the limits ${ratioLimit} and ${seedingTimeLimit} are goals, and are shown again`, async (t) => {
    const client = new QbittorrentClient([rowOf("01")]);
    const form = { hashes, ratioLimit, seedingTimeLimit, inactiveSeedingTimeLimit: "-2" };
    t.is((await client.post("torrents/setShareLimits", form)).status, 200);
    t.deepEqual(client.made, [["set", { torrent: hashes, goals }]]);
    const set = Object.fromEntries(Object.entries(goals).filter(([, value]) => value !== null));
    client.calls.change([rowOf("01", { settings: { goals: set } })]);
    t.like((await client.get("torrents/info")).json[0], shown);
  });

test("limits of a torrent that has no goals give it goals again", async (t) => {
  const client = new QbittorrentClient([rowOf("01", { settings: { goals: { action: "none" } } })]);
  const form = { hashes, ratioLimit: "2", seedingTimeLimit: "-2" };
  await client.post("torrents/setShareLimits", form);
  const goals = { ratio: 2, seedSeconds: null, action: null };
  t.deepEqual(client.made, [["set", { torrent: hashes, goals }]]);
});
