import test from "ava";
import { MaskedView } from "../../src/view/masked-view.ts";
import { LiveView } from "../../src/view/torrent-view.ts";
import { exampleRow } from "../support/example-row.ts";

const passkey = "0123456789abcdef0123456789abcdef";

test("no way to a row shows a passkey, and a row is masked once", (t) => {
  const live = new LiveView();
  const view = new MaskedView(live);
  const row = exampleRow({
    trackers: [[`https://tracker.example/${passkey}/announce`]],
    magnet: `magnet:?xt=urn:btih:${"aa".repeat(20)}&tr=https%3A%2F%2Ftracker.example%2F${passkey}%2Fannounce`,
    settings: { trackers: [`https://tracker.example/announce?key=${passkey}`] },
  });
  live.apply({ version: 1, rows: [], removed: [] }, 0);
  live.apply({ version: 2, rows: [row], removed: [] }, 0);
  const ways = [view.rows, [view.row(row.torrent)], view.since(1)?.rows, view.recent(60, 0).rows];
  for (const rows of ways) {
    t.is(rows?.length, 1);
    t.false(JSON.stringify(rows).includes(passkey));
    t.is(rows?.[0], view.rows[0]);
  }
  t.is(view.rows, view.rows);
  t.is(view.version, 2);
  t.true(JSON.stringify(live.rows).includes(passkey));
});
