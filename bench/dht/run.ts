// One server of DHT queries, asked as fast as it answers.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { freePort } from "../../test/support/programs/free-port.ts";
import { runProcess, startProcess } from "../../test/support/programs/process.ts";
import { buildNative } from "../support/native.ts";

/** Eight nodes fill an answer. */
const neighbourCount = 8;
/** Until the code of a server is compiled. */
const warmAnswers = 100_000;
/** Clock ticks of a second in /proc. */
const ticksPerSecond = 100;

/** A program that takes a port, and then the nodes to ask first or the length of its answers. */
export interface Server {
  readonly name: string;
  readonly command: readonly string[];
  /** Bytes of an answer of a server that is no node. */
  readonly answerBytes?: number;
}

/** One run of a server. */
export interface ServerRun {
  readonly answersPerSecond: number;
  /** User and system time of all its threads. */
  readonly answersPerCpuSecond: number;
  /** Mean length of an answer. */
  readonly answerBytes: number;
}

interface Report {
  readonly seconds: number;
  readonly answers: number;
  readonly withNodes: number;
  readonly bytes: number;
}

/** Path of a program beside this file. */
export function serverPath(name: string): string {
  return fileURLToPath(new URL(`servers/${name}`, import.meta.url));
}

/** Starts the server, warms it up, and takes so many answers. @throws rejects when a node leaves nodes out. */
export async function runServer(server: Server, answers: number): Promise<ServerRun> {
  const questions = await buildNative(new URL("questions.c", import.meta.url));
  const neighbours = [process.execPath, serverPath("neighbours.mjs"), String(neighbourCount)];
  await using around = await startProcess(neighbours);
  await around.lineWhere("its sockets", isUp);
  const port = String(await freePort());
  const isNode = server.answerBytes === undefined;
  const words = isNode ? around.lines.slice(0, neighbourCount) : [String(server.answerBytes)];
  await using running = await startProcess([...server.command, port, ...words]);
  await running.lineWhere("its socket", isUp);
  await runProcess([questions, port, String(warmAnswers)]);

  const before = cpuSeconds(running.pid);
  const [line = ""] = await runProcess([questions, port, String(answers)]);
  const cpu = cpuSeconds(running.pid) - before;
  const report = JSON.parse(line) as Report;
  if (isNode && report.withNodes < report.answers) {
    throw new Error(
      `${server.name} left nodes out of ${report.answers - report.withNodes} answers`,
    );
  }
  return {
    answersPerSecond: report.answers / report.seconds,
    answersPerCpuSecond: report.answers / cpu,
    answerBytes: Math.round(report.bytes / report.answers),
  };
}

function isUp(line: string): true | undefined {
  return line === "up" || undefined;
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name of the program, in brackets, may have spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
