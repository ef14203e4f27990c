// A program that this run started. A shell next to it waits for the end of a pipe, which the system closes also when the
// tester is killed: it then ends the program and removes what the program needed.

import { spawn, type ChildProcess } from "node:child_process";
import { cleanText } from "@troupe/protocol/text";
import { LastLines } from "./last-lines.ts";

/** A program to start. */
interface ProgramStart {
  /** The program and its words. */
  readonly command: readonly string[];
  /** Removed with all it holds after the program's end; "": none. Its own, made by this run. */
  readonly folder: string;
}

/** How a program ended. */
export interface ProgramEnd {
  /** Undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly signal: string | undefined;
}

/** Seconds between SIGTERM and SIGKILL. */
const graceSeconds = 3;
/** Descriptor of the pipe whose end is the sign to stop; the shell writes the program's process id to it. */
const pipeDescriptor = 3;
const longestLine = 300;
/** After the end of the shell, for the last output. A child in a session of its own may hold the pipes open for ever. */
const lastOutputMs = 500;

/**
 * Arguments: the folder, the program and its words. The program gets a session of its own where the system
 * has `setsid`, so that its children end with it. Ctrl-C reaches neither the shell nor the program.
 */
const guardScript = `
folder=$1; shift
command -v setsid >/dev/null && set -- setsid "$@"
"$@" ${pipeDescriptor}<&- </dev/null &
child=$!
echo $child >&${pipeDescriptor}
# A word of the shell about a signal would end it: the other end of its output may be gone.
exec >/dev/null 2>&1
send() { kill -$1 -$child || kill -$1 $child; }
(
  read -r _ <&${pipeDescriptor}
  send TERM
  tries=0
  while kill -0 $child && [ $tries -lt ${10 * graceSeconds} ]; do sleep 0.1; tries=$((tries + 1)); done
  send KILL
) &
waiter=$!
wait $child
status=$?
kill -KILL $waiter
send KILL
[ -z "$folder" ] || rm -rf -- "$folder"
exit $status
`;

/** A running program. */
export class GuardedProcess implements AsyncDisposable {
  /** Settles when the program has ended and its folder is removed. */
  readonly ended: Promise<ProgramEnd>;
  readonly #guard: ChildProcess;
  readonly #lines = new LastLines(20, longestLine);
  readonly #pid = Promise.withResolvers<number>();
  #end: ProgramEnd | undefined;

  private constructor(guard: ChildProcess) {
    this.#guard = guard;
    for (const output of [guard.stdout, guard.stderr]) {
      output?.on("data", (bytes: Buffer) => this.#lines.add(bytes));
    }
    const pipe = guard.stdio[pipeDescriptor] as NodeJS.ReadableStream;
    pipe.once("data", (bytes: Buffer) => this.#pid.resolve(Number(bytes.toString().trim())));
    pipe.on("error", () => {});
    guard.once("exit", () => this.#closeOutputs());
    this.ended = new Promise((resolve) => {
      guard.once("close", (status, signal) => {
        this.#end = endOf(status, signal);
        this.#pid.resolve(0);
        resolve(this.#end);
      });
    });
  }

  /** @throws rejects with the system's error when the shell cannot be started. */
  static async start(program: ProgramStart): Promise<GuardedProcess> {
    const { folder, command } = program;
    const guard = spawn("/bin/sh", ["-c", guardScript, "guard", folder, ...command], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    await new Promise<void>((resolve, reject) => {
      guard.once("spawn", resolve);
      guard.once("error", reject);
    });
    return new GuardedProcess(guard);
  }

  /** Process id of the program itself; 0 when it has ended before it had one. */
  get pid(): Promise<number> {
    return this.#pid.promise;
  }

  #closeOutputs(): void {
    const { stdout, stderr } = this.#guard;
    const timer = setTimeout(() => {
      stdout?.destroy();
      stderr?.destroy();
    }, lastOutputMs);
    this.#guard.once("close", () => clearTimeout(timer));
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** The end of its output, cleaned: for messages. */
  tail(): string {
    return this.#lines
      .take()
      .map((line) => cleanText(line, longestLine))
      .join("; ");
  }

  /** Ends the program: SIGTERM, and SIGKILL after 3 s. Its folder is gone afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    const pipe = this.#guard.stdio[pipeDescriptor] as NodeJS.WritableStream & { destroy(): void };
    pipe.destroy();
    await this.ended;
  }
}

/** A shell gives the signal of its child as a status above 128. */
function endOf(status: number | null, signal: string | null): ProgramEnd {
  if (signal !== null) return { status: undefined, signal };
  if (status !== null && status > 128) {
    return { status: undefined, signal: `signal ${status - 128}` };
  }
  return { status: status ?? undefined, signal: undefined };
}
