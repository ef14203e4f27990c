import { TroupeError } from "@troupe/control";
import test from "ava";
import { fails, hashOf, numberedRows, TransmissionService } from "../../support/transmission.ts";

test("a move gives each torrent the new folder", async (t) => {
  const service = new TransmissionService(numberedRows(2));
  const params = { ids: [1, 2], location: "/new", move: true };
  t.deepEqual(await service.commandsOf("torrent_set_location", params), [
    ["move", { torrent: hashOf(1), directory: "/new" }],
    ["move", { torrent: hashOf(2), directory: "/new" }],
  ]);
});

test("a move without a folder, into a relative one, or without moving is refused", async (t) => {
  const service = new TransmissionService(numberedRows(1));
  const move = (params: object) => service.jsonRpc("torrent_set_location", { ids: 1, ...params });
  await fails(t, move({ move: true }), -32_602, /no location/);
  for (const location of ["new", "../new", "C:new", ""])
    await fails(t, move({ location, move: true }), 3, /new location path is not absolute/);
  await fails(t, move({ location: "/new" }), 5, /this service only moves it/);
  t.deepEqual(service.calls.made, []);
});

test("a move that is not permitted fails the call", async (t) => {
  const refused = new TroupeError("not-permitted", "the folder needs the right local");
  const service = new TransmissionService(numberedRows(1), { move: refused });
  const params = { ids: 1, location: "/etc", move: true };
  await fails(t, service.jsonRpc("torrent_set_location", params), 5, /needs the right local/);
});

test("a rename keeps the folder of the path", async (t) => {
  const service = new TransmissionService(numberedRows(1));
  const params = { ids: [1], path: "album/one.mp3", name: "first.mp3" };
  t.deepEqual(await service.result("torrent_rename_path", params), {
    id: 1,
    name: "first.mp3",
    path: "album/one.mp3",
  });
  await service.result("torrent_rename_path", { ids: [1], path: "album", name: "record" });
  t.deepEqual(service.calls.made, [
    ["rename", { torrent: hashOf(1), from: "album/one.mp3", to: "album/first.mp3" }],
    ["rename", { torrent: hashOf(1), from: "album", to: "record" }],
  ]);
});

test("a rename is of one torrent, and its error names the path", async (t) => {
  const taken = new TroupeError("rename-taken", "there is such a file");
  const service = new TransmissionService(numberedRows(2), { rename: taken });
  const rename = (ids: unknown) =>
    service.jsonRpc("torrent_rename_path", { ids, path: "a", name: "b" });
  for (const ids of [[], [1, 2], undefined])
    await fails(t, rename(ids), -32_602, /requires 1 torrent/);
  const { error } = await rename([2]);
  t.deepEqual(error?.data, {
    error_string: "there is such a file",
    result: { id: 2, name: "b", path: "a" },
  });
});
