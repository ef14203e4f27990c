import { flag, type SettingRows } from "@troupe/control";
import test from "ava";
import { requireGroupRights } from "../../../src/api/commands/group-rights.ts";

const rows: SettingRows = {
  open: { gate: flag, right: "control", text: "" },
  "limits.own": { gate: flag, text: "" },
  found: { gate: flag, right: "control", text: "" },
};

test("a caller elsewhere sets no local setting through a group", (t) => {
  const set = (right: "control" | "local", groups: unknown) => () =>
    requireGroupRights({ right }, groups, rows);
  const wider = { films: { open: true }, music: { found: true, limits: { own: true } } };
  t.throws(set("control", wider), {
    code: "not-permitted",
    message: /^setting groups\.music\.limits\.own needs the right local/,
  });
  t.notThrows(set("local", wider));
  t.notThrows(set("control", { films: { open: true } }));
  t.notThrows(set("control", null));
  t.notThrows(set("control", undefined));
});
