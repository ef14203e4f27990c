// Hybrids whose halves are of other data, and data that one half alone takes: with real engines, sockets and files.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Coordinator } from "@troupe/coordinator";
import { hasBit } from "@troupe/protocol/peer";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { treeParts, treeTorrent } from "@troupe/protocol/testing";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { runCommand } from "../support/programs/command.ts";
import { EventRecord } from "../support/swarm/event-record.ts";
import { PacedSeeder } from "../support/swarm/paced-seeder.ts";
import { quiet } from "../support/swarm/quiet.ts";

const host = "127.0.0.1";
const inline = { ...quiet, port: 0, bind: [host], host: "inline" } as const;
const pieceLengthBytes = 32_768;

// Both beginnings of the SHAttered files (2017) have one SHA-1.
const commonBytes =
  "255044462d312e330a25e2e3cfd30a0a0a312030206f626a0a3c3c2f57696474682032203020522f48656967687420332030" +
  "20522f547970652034203020522f537562747970652035203020522f46696c7465722036203020522f436f6c6f7253706163" +
  "652037203020522f4c656e6774682038203020522f42697473506572436f6d706f6e656e7420383e3e0a73747265616d0aff" +
  "d8fffe00245348412d3120697320646561642121212121852fec092339759c39b1a1c63c4c97e1fffe01";
const oneEnd =
  "7f46dc93a6b67e013b029aaa1db2560b45ca67d688c7f84b8c4c791fe02b3df614f86db1690901c56b45c1530afedfb76038" +
  "e972722fe7ad728f0e4904e046c230570fe9d41398abe12ef5bc942be33542a4802d98b5d70f2a332ec37fac3514e74ddc0f" +
  "2cc1a874cd0c78305a21566461309789606bd0bf3f98cda8044629a1";
const otherEnd =
  "7346dc9166b67e118f029ab621b2560ff9ca67cca8c7f85ba84c79030c2b3de218f86db3a90901d5df45c14f26fedfb3dc38" +
  "e96ac22fe7bd728f0e45bce046d23c570feb141398bb552ef5a0a82be331fea48037b8b5d71f0e332edf93ac3500eb4ddc0d" +
  "ecc1a864790c782c76215660dd309791d06bd0af3f98cda4bc4629b1";

const sha1 = (bytes: Uint8Array): string => createHash("sha1").update(bytes).digest("hex");

/** Four pieces, of which the third begins with these bytes. */
function contentWith(beginning: string): Uint8Array {
  const content = Uint8Array.from({ length: 4 * pieceLengthBytes - 9 }, (_, at) => (at * 31) % 251);
  content.set(Buffer.from(beginning, "hex"), 2 * pieceLengthBytes);
  return content;
}

test.serial(
  "case 25: a piece with the SHA-1 of a hybrid's piece and other bytes is refused, and its sender banned",
  async (t) => {
    const content = contentWith(commonBytes + oneEnd);
    const twin = contentWith(commonBytes + otherEnd);
    t.notDeepEqual(content, twin);
    const parts = treeParts([{ path: "a", bytes: content }], pieceLengthBytes);
    const twinParts = treeParts([{ path: "a", bytes: twin }], pieceLengthBytes);
    // Version 1 takes the twin: all its pieces have the same hashes.
    t.is(sha1(twin.subarray(2 * pieceLengthBytes)), sha1(content.subarray(2 * pieceLengthBytes)));
    t.deepEqual(twinParts.pieces, parts.pieces);
    const bytes = treeTorrent(parts, pieceLengthBytes, "hybrid");
    const { infoHash } = parseTorrent(bytes);
    const peerWith = (payload: Uint8Array) =>
      PacedSeeder.open({ infoHash, payload, pieceLengthBytes, bytesPerSecond: Infinity });
    await using liar = await peerWith(twin);
    await using honest = await peerWith(content);
    using target = temporaryFolder();
    await using coordinator = await Coordinator.start({ ...inline, directory: target.path });
    const torrent = await coordinator.add(bytes, { start: false });
    const record = new EventRecord(coordinator, torrent);
    torrent.start();
    torrent.addPeer(liar);
    const isBanned = () => record.warnings.some(({ code }) => code === "peer-banned");
    await record.until("the liar is banned", isBanned);
    t.false(hasBit(torrent.bitfield, 2));
    torrent.addPeer(honest);
    await torrent.completed;
    t.true(readFileSync(join(target.path, "folder", "a")).equals(content));
    t.deepEqual(record.errors, []);
    t.is(record.warnings.filter(({ code }) => code === "peer-banned").length, 1);
  },
);

test.serial(
  "case 25: a piece that a hybrid without layers took by its SHA-1 alone is fetched again when its node says so",
  async (t) => {
    const content = contentWith(commonBytes + oneEnd);
    const twin = contentWith(commonBytes + otherEnd);
    const parts = treeParts([{ path: "a", bytes: content }], pieceLengthBytes);
    const bare = treeTorrent(parts, pieceLengthBytes, "hybrid", { layers: undefined });
    const { infoHash } = parseTorrent(bare);
    // Three pieces come from it, the twin last.
    await using liar = await PacedSeeder.open({
      infoHash,
      payload: twin,
      pieceLengthBytes,
      bytesPerSecond: Infinity,
      vanishesAfterBytes: 3 * (pieceLengthBytes + 2 * 13),
    });
    using source = temporaryFolder();
    mkdirSync(join(source.path, "folder"));
    writeFileSync(join(source.path, "folder", "a"), content);
    using target = temporaryFolder();
    // The nodes come before the last piece.
    const limits = { up: 8_000 };
    await using honest = await Coordinator.start({ ...inline, directory: source.path, limits });
    const seed = await honest.add(treeTorrent(parts, pieceLengthBytes, "hybrid"));
    await seed.completed;
    await using coordinator = await Coordinator.start({ ...inline, directory: target.path });
    const torrent = await coordinator.add(bare, { start: false, sequential: true });
    const record = new EventRecord(coordinator, torrent);
    torrent.start();
    torrent.addPeer(liar);
    await record.until("the twin is had", () => hasBit(torrent.bitfield, 2));
    torrent.addPeer({ host, port: honest.port });
    await torrent.completed;
    const isRight = () =>
      readFileSync(join(target.path, "folder", "a")).equals(content) && torrent.isSeed;
    await record.until("the right piece", isRight);
    t.is(record.failedPieces, 1);
    t.deepEqual(record.errors, []);
  },
);

/** A hybrid whose third piece has another SHA-1 than its node's bytes, in the folder of its files. */
function inconsistent(): { readonly bytes: Uint8Array; readonly content: Uint8Array } {
  const content = contentWith("");
  const parts = treeParts([{ path: "a", bytes: content }], pieceLengthBytes);
  const pieces = Uint8Array.from(parts.pieces, (byte, at) => (at === 59 ? byte ^ 1 : byte));
  return { bytes: treeTorrent({ ...parts, pieces }, pieceLengthBytes, "hybrid"), content };
}

test.serial(
  "case 24: a piece that version 2 alone takes ends the torrent as inconsistent, and bans no peer",
  async (t) => {
    const { bytes, content } = inconsistent();
    await using peer = await PacedSeeder.open({
      infoHash: parseTorrent(bytes).infoHash,
      payload: content,
      pieceLengthBytes,
      bytesPerSecond: Infinity,
    });
    using target = temporaryFolder();
    await using coordinator = await Coordinator.start({ ...inline, directory: target.path });
    const torrent = await coordinator.add(bytes, { start: false });
    const record = new EventRecord(coordinator, torrent);
    torrent.start();
    torrent.addPeer(peer);
    await record.until("the error", () => record.errors.length > 0);
    t.deepEqual(
      record.errors.map(({ code }) => code),
      ["hybrid-inconsistent"],
    );
    t.is(torrent.state, "error");
    t.deepEqual(record.warnings, []);
    t.is(record.failedPieces, 0);
    t.false(hasBit(torrent.bitfield, 2));
  },
);

test.serial(
  "case 24: a check of files that version 2 alone takes ends as inconsistent, at a start and with `troupe check`",
  async (t) => {
    const { bytes, content } = inconsistent();
    using target = temporaryFolder();
    mkdirSync(join(target.path, "folder"));
    writeFileSync(join(target.path, "folder", "a"), content);
    await using coordinator = await Coordinator.start({ ...inline, directory: target.path });
    const torrent = await coordinator.add(bytes);
    await t.throwsAsync(torrent.completed, { code: "hybrid-inconsistent" });
    t.is(torrent.state, "error");
    t.deepEqual([...torrent.bitfield], [0]);
    await coordinator.close();

    const path = join(target.path, "hybrid.torrent");
    writeFileSync(path, bytes);
    const check = await runCommand(["check", path, "--dir", target.path]);
    t.is(check.status, 1, check.stdout);
    t.regex(check.stderr, /hybrid-inconsistent|right by version 2/);
    t.true(readFileSync(join(target.path, "folder", "a")).equals(content));
  },
);
