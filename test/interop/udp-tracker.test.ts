import test from "ava";
import type { AddressFamily } from "@troupe/protocol/tracker";
import { Aria2 } from "../support/clients/aria2.ts";
import { Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { startOwnTracker } from "../support/clients/own-tracker.ts";
import { RecordedTracker } from "../support/clients/recorded-tracker.ts";
import { Transmission } from "../support/clients/transmission.ts";

const pieceLengthBytes = 16_384;
const urlData = "/announce/passkey?user=name";
const loopback = { 4: "127.0.0.1", 6: "::1" } as const;

interface Seeding {
  readonly torrent: string;
  readonly folder: string;
  readonly host: string;
}

interface Case {
  readonly client: string;
  readonly family: AddressFamily;
  /** Path and query that the client sends. */
  readonly urlData: string;
  seed(options: Seeding): Promise<AsyncDisposable>;
}

const libtorrent = {
  client: "libtorrent",
  urlData,
  seed: (options: Seeding) => Libtorrent.seed(options),
};
const cases: readonly Case[] = [
  { ...libtorrent, family: 4 },
  { ...libtorrent, family: 6 },
  { client: "aria2", family: 4, urlData: "", seed: (options) => Aria2.seed(options) },
  { client: "Transmission", family: 4, urlData: "", seed: (options) => Transmission.seed(options) },
];

for (const { client, family, urlData: expected, seed } of cases) {
  test.serial(`${client} announces to our tracker over UDP and IPv${family}`, async (t) => {
    const host = loopback[family];
    const recorded = await RecordedTracker.before(
      { [family]: await startOwnTracker(host) },
      urlData,
    );
    await using exchange = await Exchange.prepareWith(
      { pieceLengthBytes, files: 3 * pieceLengthBytes },
      () => Promise.resolve(recorded),
    );
    const { torrent, source } = exchange;
    await using _seeder = await seed({ torrent: torrent.path, folder: source, host });
    await recorded.knowsSeeder(torrent.infoHash);

    // Transmission sends `stopped` first.
    const announces = recorded.announces("started");
    t.deepEqual(
      announces.map(({ query, urlData: sent }) => [query.infoHash, query.left, sent]),
      [[torrent.infoHash, 0, expected]],
    );
  });
}
