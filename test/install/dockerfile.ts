// A Dockerfile's steps, run in order in a plain folder that stands for the container's root.

import { cpSync, existsSync, globSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./run.ts";

/** The settings of an image for its containers. */
export interface Image {
  readonly base: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Before each program: becomes the image's user, where this process may do so. */
  readonly asUser: readonly string[];
  readonly stopSignal: string;
  readonly healthCheck: readonly string[];
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** Folders of the image; everything else is the machine's own. */
const ownFolders = /(?<![\w/.])\/(troupe|data|state)\b/g;
const isRoot = process.getuid?.() === 0;

/**
 * @param file Path of the Dockerfile; its folder is what `COPY` copies from.
 * @param root Folder that stands for the container's `/`.
 * @throws for an instruction that this does not know, and for a step that fails.
 */
export async function buildImage(file: string, root: string, home: string): Promise<Image> {
  const image: Mutable<Image> = {
    base: "",
    environment: {},
    folder: root,
    asUser: [],
    stopSignal: "SIGTERM",
    healthCheck: [],
    entryPoint: [],
    command: [],
  };
  for (const { instruction, rest } of instructionsOf(readFileSync(file, "utf8"), root)) {
    if (instruction === "FROM") image.base = rest;
    else if (instruction === "WORKDIR") mkdirSync((image.folder = rest), { recursive: true });
    else if (instruction === "COPY") copy(rest, dirname(file));
    else if (instruction === "RUN") await run(["sh", "-c", rest], { folder: image.folder, home });
    else if (instruction === "ENV") image.environment = { ...image.environment, ...pair(rest) };
    else if (instruction === "USER") image.asUser = becoming(rest);
    else if (instruction === "VOLUME") requireFolders(words(rest));
    else if (instruction === "STOPSIGNAL") image.stopSignal = rest;
    else if (instruction === "HEALTHCHECK")
      image.healthCheck = words(rest.replace(/^.*? CMD /, ""));
    else if (instruction === "ENTRYPOINT") image.entryPoint = words(rest);
    else if (instruction === "CMD") image.command = words(rest);
    else if (instruction !== "EXPOSE") throw new Error(`unknown instruction ${instruction}`);
  }
  return image;
}

function instructionsOf(text: string, root: string) {
  const lines = text.replaceAll("\\\n", " ").split("\n");
  return lines
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [instruction = "", ...rest] = line.trim().split(/\s+/);
      return { instruction, rest: rest.join(" ").replace(ownFolders, `${root}/$1`) };
    });
}

function words(json: string): string[] {
  return JSON.parse(json) as string[];
}

function pair(assignment: string): Record<string, string> {
  const [name = "", value = ""] = assignment.split("=");
  return { [name]: value };
}

function copy(rest: string, context: string): void {
  const [source = "", target = ""] = rest.split(" ");
  const found = globSync(source, { cwd: context });
  if (found.length !== 1) throw new Error(`COPY ${source}: ${found.length} files, 1 is expected`);
  cpSync(join(context, found[0] ?? ""), target);
}

function becoming(user: string): string[] {
  const [uid = "", gid = ""] = user.split(":");
  if (Number(uid) === 0) throw new Error("the image runs as root");
  return isRoot ? ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--"] : [];
}

function requireFolders(folders: readonly string[]): void {
  for (const folder of folders) if (!existsSync(folder)) throw new Error(`no folder ${folder}`);
}
