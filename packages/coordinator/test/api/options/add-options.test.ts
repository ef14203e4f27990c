import test from "ava";
import { announceModes } from "@troupe/messages";
import { optionsOf } from "../../../src/api/job/restored-jobs.ts";
import { addRequest, type AddOptions } from "../../../src/api/options/add-options.ts";
import { settingsOf } from "../../../src/job-settings.ts";
import { engineOptions } from "../../../src/api/options/options.ts";

const loaded = { metainfo: new Uint8Array(), source: "file" } as const;
const requestOf = (options: AddOptions) => addRequest(loaded, options, engineOptions({}));

test("a torrent announces in parallel unless its options say otherwise", (t) => {
  t.is(requestOf({}).announce, "parallel");
  t.is(requestOf({ announce: "all" }).announce, "all");
  t.throws(() => requestOf({ announce: "some" as "all" }), { code: "option-out-of-range" });
});

test("the recorded settings of a torrent give its way to announce again", (t) => {
  for (const announce of announceModes) {
    const settings = settingsOf(requestOf({ announce }), undefined);
    t.is(requestOf(optionsOf(settings)).announce, announce);
  }
});
