// A network namespace, which lives as long as a process in it.

import { startProcess, type RunningProcess } from "./programs/process.ts";

/** A process in a new network namespace. It has said a line when the namespace is there. */
export async function holdNamespace(): Promise<RunningProcess> {
  const holder = await startProcess(["unshare", "--net", "--", "sh", "-c", "echo up; exec cat"]);
  await holder.lineWhere("a network namespace", (line) => line === "up" || undefined);
  return holder;
}

/** Words before a command that run it in the namespace of this process. */
export function within(holder: RunningProcess): readonly string[] {
  return ["nsenter", `--net=/proc/${holder.pid}/ns/net`, "--"];
}
