// Removes a network at the end of the tester, also when the tester is killed: a shell waits for the end of a pipe.

import { spawn, type ChildProcess } from "node:child_process";
import { settlesWithin, type Timers } from "@troupe/actor-runtime";
import type { NetworkPlan } from "./network-plan.ts";

/** Descriptor of the pipe whose end is the sign to remove the network. */
const pipeDescriptor = 3;
/** The guard goes on behind this. */
const removalMs = 8_000;

/**
 * Arguments: namespace, device, prefix, metric, table. All names belong to this network alone. The route that refuses
 * packets goes last, once no connection to the prefix is left: the system repeats packets of connections whose process
 * has ended, and none of them may leave by another route.
 */
const guardScript = `
namespace=$1 device=$2 prefix=$3 metric=$4 table=$5
exec >/dev/null 2>&1
read -r state <&${pipeDescriptor}
# Without the word a command of the tester may still be at work.
if [ "$state" = settled ]; then read -r _ <&${pipeDescriptor}; else sleep 1; fi
inside() { ip netns pids "$namespace"; }
tries=0
while [ -n "$(inside)" ] && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
for pid in $(inside); do kill -KILL "$pid"; done
# Connections end sooner without limits and losses.
tc qdisc del dev "$device" root
nft delete table netdev "$table"
ip netns exec "$namespace" nft flush ruleset
connections() { ss -Htn state connected exclude time-wait dst "$prefix"; }
tries=0
while [ -n "$(connections)" ] && [ $tries -lt 20 ]; do sleep 0.1; tries=$((tries + 1)); done
ip link del "$device"
ip netns del "$namespace"
while [ -n "$(connections)" ]; do sleep 0.5; done
ip route del unreachable "$prefix" metric "$metric"
`;

/** Removes a network when it is disposed of, and when this process ends. */
export class NetworkGuard implements AsyncDisposable {
  readonly #timers: Pick<Timers, "after">;
  readonly #guard: ChildProcess;
  readonly #ended: Promise<void>;

  private constructor(timers: Pick<Timers, "after">, guard: ChildProcess) {
    this.#timers = timers;
    this.#guard = guard;
    this.#pipe.on("error", () => {});
    this.#ended = new Promise((resolve) => guard.once("close", () => resolve()));
  }

  /** To be called before anything is made. @throws rejects with the system's error when the shell cannot be started. */
  static async start(
    timers: Pick<Timers, "after">,
    { names, prefix }: NetworkPlan,
  ): Promise<NetworkGuard> {
    const { namespace, device, metric, table } = names;
    const words = [namespace, device, prefix, String(metric), table];
    const guard = spawn("/bin/sh", ["-c", guardScript, "guard", ...words], {
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    await new Promise<void>((resolve, reject) => {
      guard.once("spawn", resolve);
      guard.once("error", reject);
    });
    return new NetworkGuard(timers, guard);
  }

  /** No command that makes the network is at work any more. */
  settle(): void {
    this.#pipe.write("settled\n");
  }

  /** Settles when the network is removed, or after 8 s: the guard then waits for the last connections to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#pipe.end();
    await settlesWithin(this.#timers, removalMs, this.#ended);
    this.#pipe.destroy();
    this.#guard.unref();
  }

  get #pipe(): NodeJS.WritableStream & { destroy(): void } {
    return this.#guard.stdio[pipeDescriptor] as NodeJS.WritableStream & { destroy(): void };
  }
}
