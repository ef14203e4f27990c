// The end of a torrent, with its files and without.

import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const shape = {
  pieceLengthBytes: 32 * 1024,
  files: ["a", "b"].map((name) => ({ path: ["sub", name], lengthBytes: 100_000 })),
};

test("case 29: removing a torrent with its data leaves other files", async (t) => {
  await using swarm = await Swarm.open(shape);
  await swarm.seed();
  const folder = swarm.folder("mine").path;
  mkdirSync(join(folder, "payload"));
  writeFileSync(join(folder, "payload/mine"), "x");
  const { record, coordinator } = await swarm.join({ folder, torrent: { priorities: [1, 0] } });
  await record.torrent.completed;
  t.not(await record.torrent.pieceCache(), undefined);
  await record.torrent.remove({ data: true });
  t.deepEqual(readdirSync(folder), ["payload"]);
  t.deepEqual(readdirSync(join(folder, "payload")), ["mine"]);
  t.deepEqual(coordinator.torrents, []);
});

test("E11: a torrent that is moved during its download continues in the new folder, and fetches no verified piece again", async (t) => {
  const files = 2 * 1024 * 1024;
  await using swarm = await Swarm.open({ pieceLengthBytes: 32 * 1024, files });
  const seeder = await swarm.pacedSeeder({ isShut: true });
  seeder.allow(files / 2);
  const { record, folder } = await swarm.join({
    torrent: { useTrackers: false, peers: [seeder] },
  });
  const { torrent } = record;
  await record.until("a part of it", () => record.pieces.length > 8);
  const target = join(swarm.folder("moved").path, "deep/er");
  const moved = torrent.move(target);
  t.true(torrent.left > 0, "it downloads still");
  await moved;
  seeder.open();
  t.is(torrent.directory, target);
  t.deepEqual(readdirSync(folder), []);
  await record.until("all", () => torrent.isSeed && torrent.state === "active");
  await assertSameFiles(t, swarm.payload, target);
  t.is(record.pieces.length, files / (32 * 1024));
  t.is(new Set(record.pieces).size, record.pieces.length);
});

test("E11: a move includes the part file, from which files that become wanted later are completed", async (t) => {
  await using swarm = await Swarm.open(shape);
  await swarm.seed();
  const { record, folder } = await swarm.join({ torrent: { priorities: [1, 0] } });
  const { torrent } = record;
  await torrent.completed;
  const target = join(swarm.folder("moved").path, "deep/er");
  await torrent.move(target);
  t.is(torrent.directory, target);
  t.deepEqual(readdirSync(folder), []);
  t.true(torrent.files[0]?.path.startsWith(target));
  torrent.setPriority(1, 1);
  await record.until("all", () => torrent.isSeed && torrent.state === "active");
  await assertSameFiles(t, swarm.payload, target);
  t.like(await torrent.hashcheck(), { failed: 0 });
});

test("E11: a move to a folder with a taken name moves nothing, and the torrent continues", async (t) => {
  await using swarm = await Swarm.open(shape);
  await swarm.seed();
  const { record, folder } = await swarm.join();
  await record.torrent.completed;
  const target = swarm.folder("taken").path;
  mkdirSync(join(target, "payload/sub"), { recursive: true });
  writeFileSync(join(target, "payload/sub/b"), "mine");
  await t.throwsAsync(record.torrent.move(target), { code: "file-exists" });
  t.is(record.torrent.directory, folder);
  await record.until("it runs", () => record.torrent.state === "active");
  await assertSameFiles(t, swarm.payload, folder);
  t.deepEqual(readdirSync(join(target, "payload/sub")), ["b"]);
});

test("removing a torrent without its data leaves its files", async (t) => {
  await using swarm = await Swarm.open(shape);
  await swarm.seed();
  const { record, folder } = await swarm.join();
  await record.torrent.completed;
  await record.torrent.remove();
  t.true(existsSync(join(folder, "payload/sub/a")));
});

test("EX7: connections are bounded while a torrent runs", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { record, coordinator } = await swarm.seed();
  const peers = [{ host: "127.0.0.1", port: coordinator.port }];
  const slow = { torrent: { useTrackers: false, peers, priorities: [0, 0] } };
  await swarm.join(slow);
  await swarm.join(slow);
  await record.until(
    "two peers",
    () => record.peers.filter(({ connected }) => connected).length === 2,
  );
  record.torrent.setMaxConnections(1);
  await record.until("one is closed", () => record.partings.length > 0);
  t.is(record.partings[0]?.reason, "over-limit");
  t.throws(() => record.torrent.setMaxConnections(0), { code: "option-out-of-range" });
});

test("EX7: further peers are accepted after the bound is raised", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { record, coordinator } = await swarm.seed({ torrent: { maxPeers: 1 } });
  const peers = [{ host: "127.0.0.1", port: coordinator.port }];
  const slow = { torrent: { useTrackers: false, peers, priorities: [0, 0] } };
  await swarm.join(slow);
  await record.until("a peer", () => record.torrent.progress.peers === 1);
  const { record: second } = await swarm.join(slow);
  await second.until("a refusal", () => second.seconds >= 2);
  t.is(record.torrent.progress.peers, 1);
  record.torrent.setMaxConnections(300);
  await swarm.join(slow);
  await record.until("another peer", () => record.torrent.progress.peers >= 2);
});
