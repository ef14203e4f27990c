import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import test, { type ExecutionContext } from "ava";
import { drawnRanges } from "@troupe/messages/testing";
import { mostRanges } from "../../src/ip-filter/filter-ranges.ts";
import { filterLimitBytes, loadIpFilter } from "../../src/ip-filter/load-ip-filter.ts";
import { makeFifos } from "../../../../test/support/files/fifo.ts";

/** A file with these bytes. */
function fileOf(t: ExecutionContext, content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "ip-filter-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "list");
  writeFileSync(path, content);
  return path;
}

async function load(t: ExecutionContext, content: string | Uint8Array) {
  const { memory, ...lines } = await loadIpFilter(fileOf(t, content));
  return { ranges: drawnRanges(memory), ...lines };
}

const list = "Name:1.2.3.4-1.2.3.9\n2001:db8::/32\nbroken\n9.9.9.9\n";
const loaded = {
  ranges: ["1.2.3.4-1.2.3.9", "9.9.9.9", "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
  skippedLines: 1,
  firstSkippedLine: 3,
};

test("a list is read, compressed or not", async (t) => {
  t.deepEqual(await load(t, list), loaded);
  t.deepEqual(await load(t, gzipSync(list)), loaded);
});

test("a file of several gzip members is one list", async (t) => {
  const members = [list.slice(0, 30), list.slice(30)].map((part) => gzipSync(part));
  t.deepEqual(await load(t, Buffer.concat(members)), loaded);
});

test("a P2B list is read by its first bytes", async (t) => {
  const head = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x50, 0x32, 0x42, 2]);
  const p2b = Buffer.concat([head, Buffer.from("x\0"), Buffer.from([1, 2, 3, 4, 1, 2, 3, 9])]);
  t.deepEqual(await load(t, gzipSync(p2b)), { ranges: ["1.2.3.4-1.2.3.9"], skippedLines: 0 });
});

test("a list without a broken line skips none", async (t) => {
  t.deepEqual(await load(t, "1.2.3.4"), { ranges: ["1.2.3.4"], skippedLines: 0 });
});

for (const [what, content, problem] of [
  ["an empty file", "", "it has no range"],
  ["a file without a range", "hello\nworld\n# 1.2.3.4\n", "it has no range"],
  ["a list that allows all of its ranges", "1.2.3.4 - 1.2.3.9 , 200 , name", "it has no range"],
  ["a ZIP archive", "PK\u0003\u0004 …", "it is a ZIP archive"],
  ["an unknown P2B version", Buffer.from("ffffffff50324209", "hex"), "has version 9"],
] as const) {
  test(`${what} is refused`, async (t) => {
    const path = fileOf(t, content);
    const error = await t.throwsAsync(loadIpFilter(path), { code: "ip-filter-malformed" });
    t.true(error.message.startsWith(`cannot use the IP filter ${path}: `));
    t.true(error.message.includes(problem));
  });
}

test("a gzip file that is cut or damaged is refused", async (t) => {
  const bytes = gzipSync(list);
  const damaged = bytes.map((byte, i) => (i === 20 ? byte ^ 0xff : byte));
  for (const content of [bytes.subarray(0, -12), damaged]) {
    await t.throwsAsync(load(t, content), {
      code: "ip-filter-unreadable",
      message: /it is not a whole gzip file$/,
    });
  }
});

test("a file that is not there, and a folder, are refused", async (t) => {
  const path = fileOf(t, list);
  await t.throwsAsync(loadIpFilter(`${path}-no`), {
    code: "ip-filter-unreadable",
    message: `cannot use the IP filter ${path}-no: no such file or directory`,
  });
  await t.throwsAsync(loadIpFilter(join(path, "..")), {
    code: "ip-filter-unreadable",
    message: /it is not a file$/,
  });
});

const onUnix = process.platform === "win32" ? test.skip : test;

onUnix("a FIFO in the place of a list is refused at once", async (t) => {
  const path = `${fileOf(t, list)}-fifo`;
  await makeFifos(path);
  await t.throwsAsync(loadIpFilter(path), { code: "ip-filter-unreadable" });
});

test("a file of more than 256 MiB is refused before it is read", async (t) => {
  const path = fileOf(t, list);
  truncateSync(path, filterLimitBytes + 1);
  await t.throwsAsync(loadIpFilter(path), {
    code: "ip-filter-too-large",
    message: /more than 256 MiB, the most allowed$/,
  });
});

test("a gzip file that inflates to more than 256 MiB is refused, its line of 256 MiB unread", async (t) => {
  const bomb = gzipSync(Buffer.alloc(16 << 20, "1"));
  await t.throwsAsync(load(t, Buffer.concat(Array<Uint8Array>(17).fill(bomb))), {
    code: "ip-filter-too-large",
  });
});

test("a list of more than two million ranges is refused", async (t) => {
  const head = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x50, 0x32, 0x42, 2]);
  const p2b = Buffer.alloc(head.length + 9 * (mostRanges + 1));
  head.copy(p2b);
  await t.throwsAsync(load(t, gzipSync(p2b, { level: 1 })), {
    code: "ip-filter-too-large",
    message: /more than 2000000 ranges, the most allowed$/,
  });
});

test("an aborted signal ends the read with its reason", async (t) => {
  const controller = new AbortController();
  const path = fileOf(t, list.repeat(50_000));
  const reading = loadIpFilter(path, controller.signal);
  const reason = new Error("enough");
  setImmediate(() => controller.abort(reason));
  t.is(await t.throwsAsync(reading), reason);
});
