import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import { NodeSockets } from "../../../src/io/network/node-sockets.ts";
import { End } from "../support/socket-ends.ts";
import type { StarvedReport } from "../support/starved-sockets.ts";

const program = fileURLToPath(new URL("../support/starved-sockets.ts", import.meta.url));

test("F25: without descriptors dials fail, incoming connections are closed, and the listener stays", async (t) => {
  const words = ["-c", 'ulimit -n 48 && exec "$@"', "sh", process.execPath, program];
  const { stdout } = await promisify(execFile)("sh", words, { timeout: 30_000 });
  const report = JSON.parse(stdout) as StarvedReport;
  t.deepEqual(report.reasons, ["EMFILE"]);
  t.true(report.dialled > 5 && report.dialled < 48, `${report.dialled} dialled`);
  t.true(report.accepted < 48 / 2);
  t.is(report.carried, "goes on");
});

test("a dial from an address of another machine fails with the system's code", async (t) => {
  const end = new End();
  const options = { timeoutMs: 10_000, localHost: "203.0.113.77" };
  new NodeSockets().dial({ host: "203.0.113.78", port: 1 }, end, options);
  t.is(await end.whenClosed, "EADDRNOTAVAIL");
});
