import test from "ava";
import { engineSettings } from "@troupe/control";
import { settingGroups, settingRows } from "../../src/api/setting-rows.ts";
import { apiRoute } from "../support/api.ts";
import { RecordedCalls } from "../support/recorded-calls.ts";
import { answerOf, jsonOf } from "../support/request.ts";

test("G12: each setting has its meaning, its values, its unit, its default and its right", (t) => {
  const rows = new Map(settingRows().map((row) => [row.name, row]));
  const { text } = engineSettings["limits.down"];
  t.like(rows.get("limits.down"), {
    ...{ group: "limits", text, kind: "rate", unit: "bytes/s", default: 0 },
    ...{ isLive: true, right: "control" },
  });
  t.like(rows.get("encryption"), { kind: "word", words: ["off", "allow", "prefer", "require"] });
  t.like(rows.get("exclude"), { kind: "list", itemKind: "text", group: "files" });
  t.like(rows.get("goals.seedSeconds"), { unit: "s", group: "seeding" });
  t.like(rows.get("proxy"), { right: "local", isLive: false });
  t.like(rows.get("listen"), { group: "service", right: "local" });
});

test("G12: settings of the library alone and those for tests are not among the rows", (t) => {
  const names = settingRows().map(({ name }) => name);
  for (const name of ["listedTrackers", "chaos", "host"]) t.false(names.includes(name), name);
  t.is(new Set(names).size, names.length);
  for (const group of settingGroups) t.true(settingRows().some((row) => row.group === group));
});

test("G12: the rows are a route for callers that only read", async (t) => {
  const response = await answerOf(apiRoute("GET", "setting-rows"), new RecordedCalls([]), {
    url: "/api/v1/setting-rows",
  });
  t.deepEqual(jsonOf(response)["result"], JSON.parse(JSON.stringify(settingRows())));
});
