// A program that ends, and another that gets its process id. Prints the first program's use before and after. Runs in a
// process id namespace of its own: the next id of a namespace is shared by everything in it.

import { spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { GuardedProcess } from "../../src/targets/processes/guarded-process.ts";
import { ProcessMeter } from "../../src/targets/processes/process-meter.ts";

const program = await GuardedProcess.start({ command: ["sleep", "600"], folder: "" });
const pid = await program.pid;
const meter = new ProcessMeter(pid);
const before = meter.read() !== undefined;
await program[Symbol.asyncDispose]();
const other = spawnWithPid();
const after = meter.read() !== undefined;
other.kill();
process.stdout.write(JSON.stringify({ before, after }));

/** Linux gives out the next free id after this one; another program may be quicker. */
function spawnWithPid(): ChildProcess {
  for (;;) {
    writeFileSync("/proc/sys/kernel/ns_last_pid", String(pid - 1));
    const started = spawn("sleep", ["600"]);
    if (started.pid === pid) return started;
    started.kill();
  }
}
