import test from "ava";
import { torrentLines, torrentTable } from "../../../src/display/service/torrent-table.ts";
import { plainStyle } from "../../../src/display/style.ts";
import { columnsOf } from "../../../src/display/text-width.ts";
import { rowOf } from "../../support/fake-service.ts";

const rows = [
  rowOf("1", 1, {
    name: "debian-13.iso",
    isComplete: false,
    haveBytes: 523_000,
    wantedBytes: 1_000_000,
    downBytesPerSecond: 1_048_576.4,
    peers: 12,
  }),
  rowOf("2", 24, { name: "日本語の映画", state: "stopped", uploadedBytes: 1_500_000 }),
];

function table(columns: number | undefined): string[] {
  return torrentTable(rows, { style: plainStyle, columns });
}

test("a wide terminal shows every column", (t) => {
  t.deepEqual(table(100), [
    " #    done     size        down  up  ratio  peers  state        name",
    " 1  52.3 %  977 KiB  1.00 MiB/s       0.00     12  downloading  debian-13.iso",
    "24   100 %  977 KiB                   1.50      0  stopped      日本語の映画",
  ]);
});

test("a narrow terminal leaves out the least important columns, and cuts the name", (t) => {
  for (let columns = 30; columns <= 120; columns++) {
    for (const line of table(columns)) t.true(columnsOf(line) <= columns, `${columns}: ${line}`);
    t.regex(table(columns)[0] ?? "", /^ #.* name$/);
  }
  t.deepEqual(table(44), [
    " #    done  state        name",
    " 1  52.3 %  downloading  debian-13.iso",
    "24   100 %  stopped      日本語の映画",
  ]);
});

test("control characters of a name do not reach the terminal", (t) => {
  const row = rowOf("1", 1, { name: "a\u001b[2Jb\tc\nd" });
  const room = { style: plainStyle, columns: undefined };
  // oxlint-disable-next-line no-control-regex
  for (const line of torrentTable([row], room)) t.notRegex(line, /[\u0000-\u001f]/);
  t.is(torrentLines([row])[0]?.split("\t").length, 9);
});

test("a pipe gets plain numbers with tabs between them", (t) => {
  t.deepEqual(torrentLines(rows), [
    "1\t52.3\t1000000\t1048576\t0\t0.00\t12\tdownloading\tdebian-13.iso",
    "24\t100\t1000000\t0\t0\t1.50\t0\tstopped\t日本語の映画",
  ]);
});

test("ten thousand torrents are a table as well", (t) => {
  const many = Array.from({ length: 10_000 }, (_, at) => rowOf("1", at));
  t.is(torrentTable(many, { style: plainStyle, columns: 80 }).length, 10_001);
});
