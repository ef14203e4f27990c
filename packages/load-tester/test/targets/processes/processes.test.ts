import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { nodePorts } from "@troupe/actor-runtime";
import { ManualTime, settle } from "@troupe/actor-runtime/testing";
import test from "ava";
import { until } from "../../../../../test/support/time/until.ts";
import type { ProcessUse } from "../../../src/results/result.ts";
import { measureBases } from "../../../src/targets/processes/base-memory.ts";
import { GuardedProcess } from "../../../src/targets/processes/guarded-process.ts";
import { LastLines } from "../../../src/targets/processes/last-lines.ts";
import { findListener } from "../../../src/targets/processes/listening-process.ts";
import { isLocalAddress } from "../../../src/targets/processes/local-address.ts";
import { ProcessMeter } from "../../../src/targets/processes/process-meter.ts";

const run = promisify(execFile);
const reusedPid = fileURLToPath(new URL("../../support/reused-pid.ts", import.meta.url));
const canChoosePids = process.getuid?.() === 0 && existsSync("/proc/sys/kernel/ns_last_pid");
const onRoot = process.platform === "linux" && canChoosePids ? test : test.skip;
const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("the process that listens at a port is found, over TCP and UDP", async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  t.is(findListener("tcp", port), process.pid);
  t.is(findListener("udp", port), undefined);
  await new Promise((resolve) => server.close(resolve));
  t.is(findListener("tcp", port), undefined);
  const socket = createSocket("udp6");
  await new Promise<void>((resolve) => socket.bind(0, "::1", resolve));
  t.is(findListener("udp", socket.address().port), process.pid);
  socket.close();
});

onLinux("the use of a process includes that of its children", async (t) => {
  // The shell waits while its child spins, with a file open.
  const script = "node=$0; \"$node\" -e 'for (;;);' 9</dev/null; true";
  const command = ["/bin/sh", "-c", script, process.execPath];
  await using program = await GuardedProcess.start({ command, folder: "" });
  const meter = new ProcessMeter(await program.pid);
  let cpuMs = 0;
  // A program that starts has little memory and few descriptors.
  await until("the use of the child is counted", () => {
    const use = meter.read();
    cpuMs += use?.cpuMs ?? 0;
    return cpuMs >= 100 && (use?.rssBytes ?? 0) > 20_000_000 && (use?.descriptors ?? 0) > 10;
  });
  t.pass();
});

onLinux("a process that has ended has no use", async (t) => {
  const program = await GuardedProcess.start({
    command: ["sleep", "600"],
    folder: "",
  });
  const meter = new ProcessMeter(await program.pid);
  t.not(meter.read(), undefined);
  await program[Symbol.asyncDispose]();
  t.is(meter.read(), undefined);
});

onRoot("another process that gets the id of an ended one is not measured", async (t) => {
  const inNamespace = ["--pid", "--fork", "--mount-proc", "--kill-child"];
  const { stdout } = await run("unshare", [...inNamespace, process.execPath, reusedPid]);
  t.deepEqual(JSON.parse(stdout), { before: true, after: false });
});

test("the base memory is the median of ten samples in two seconds", async (t) => {
  const time = new ManualTime();
  const samples = [9, 1, 8, 2, 7, 3, 6, 4, 5, 10];
  const meterOf = (values: number[]) => ({
    read: (): ProcessUse | undefined => {
      const rssBytes = values.shift();
      return rssBytes === undefined ? undefined : { rssBytes, cpuMs: 0, descriptors: 1 };
    },
  });
  const meters = new Map([
    ["target", meterOf(samples)],
    ["ended", meterOf([])],
  ]);
  const measured = measureBases(time, meters);
  for (let step = 0; step < 10; step++) {
    t.is(samples.length, 10 - step);
    time.advance(200);
    await settle();
  }
  t.deepEqual([...(await measured)], [["target", 6]]);
  t.is((await measureBases(time, new Map())).size, 0);
});

test("addresses of this machine are told from others", async (t) => {
  const ports = nodePorts();
  t.true(await isLocalAddress(ports, "127.0.0.9"));
  t.false(await isLocalAddress(ports, "203.0.113.1"));
});

test("the last lines of an output are bounded in number and length", (t) => {
  const lines = new LastLines(3, 10);
  lines.add(Buffer.from("one\ntwo\r\nthr"));
  lines.add(Buffer.from("ee\nfour\rx"));
  t.deepEqual(lines.take(), ["three", "four", "x"]);
  lines.add(Buffer.from("y".repeat(100)));
  t.deepEqual(lines.take().at(-1)?.length, 10);
});
