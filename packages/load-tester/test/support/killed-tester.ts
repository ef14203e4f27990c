// A tester that starts a program with a folder, prints its process id, and is killed.

import { GuardedProcess } from "../../src/targets/processes/guarded-process.ts";

const [folder = ""] = process.argv.slice(2);
const program = await GuardedProcess.start({ command: ["sleep", "600"], folder });
const pid = await program.pid;
process.stdout.write(`${pid}\n`, () => process.kill(process.pid, "SIGKILL"));
