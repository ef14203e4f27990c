import test from "ava";
import { exampleRow } from "../../support/example-row.ts";
import { TransmissionService } from "../../support/transmission.ts";

test("a changed row is written again, and dialects and lists do not mix", async (t) => {
  const service = new TransmissionService([exampleRow({ name: "before" })]);
  const classic = async (...fields: readonly string[]): Promise<unknown> =>
    (await service.classic("torrent-get", { fields })).arguments["torrents"];
  t.deepEqual(await service.fields("name", "hash_string"), {
    name: "before",
    hash_string: "aa".repeat(20),
  });
  t.deepEqual(await classic("name", "hashString"), [
    { name: "before", hashString: "aa".repeat(20) },
  ]);
  t.deepEqual(await classic("name"), [{ name: "before" }]);
  service.calls.change([exampleRow({ name: "after" })]);
  t.deepEqual(await classic("name"), [{ name: "after" }]);
  t.deepEqual(await service.fields("name"), { name: "after" });
});

test("fields that change with the time are written each time", async (t) => {
  const service = new TransmissionService([exampleRow({ activeAt: 1_700_001_000_000 })]);
  t.deepEqual(await service.fields("name", "is_stalled"), { name: "a film", is_stalled: false });
  service.time.advance(60_001);
  t.deepEqual(await service.fields("name", "is_stalled"), { name: "a film", is_stalled: true });
});

test("a ninth list with other fields forgets the texts of the first, and is right", async (t) => {
  const service = new TransmissionService([exampleRow()]);
  const fields = ["id", "name", "status", "error", "eta", "group", "files", "peers", "labels"];
  for (const name of [...fields, ...fields]) {
    const shown = await service.fields(name, "hash_string");
    t.deepEqual(Object.keys(shown).toSorted(), [name, "hash_string"].toSorted());
  }
});
