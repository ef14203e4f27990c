// The torrent and the file of `cat` and `play`.

import { relative, sep } from "node:path";
import { cleanText } from "@troupe/protocol/text";
import { patternTest, spellPattern, type FilePattern } from "../../arguments/file-patterns.ts";
import type { InvocationOf } from "../../arguments/parse-arguments.ts";
import type { AddOptions, TorrentPort } from "../../engine-port.ts";
import { CommandError } from "../../failure.ts";
import { loadOptions, originOf, placedOptions, stateFolder } from "../../source.ts";
import type { EngineRun } from "../engine-run.ts";
import { loadSource, singleSource } from "../source-list.ts";
import { whenStopRequested, whenTorrentFails } from "../torrent-end.ts";

type Listed = TorrentPort["files"];

/** The choice of a file. */
interface FileChoice {
  /** Which file is meant. */
  readonly choose: (files: Listed, directory: string) => number;
  /** The whole file is fetched; otherwise only what is read. */
  readonly isWanted: boolean;
}

/** A file of a torrent, ready to be read. */
interface OpenedFile {
  readonly torrent: TorrentPort;
  /** Index. */
  readonly file: number;
  /** The part after the last `/`. */
  readonly name: string;
  readonly lengthBytes: number;
  readonly failed: Promise<never>;
}

/** Adds the torrent, and waits for the metadata of a magnet. @returns Undefined when the user stopped the command. */
export async function openFile(
  {
    source,
    engine: settings,
    add,
  }: Pick<InvocationOf<"cat" | "play">, "add" | "engine" | "source">,
  run: EngineRun,
  { choose, isWanted }: FileChoice,
): Promise<OpenedFile | undefined> {
  const { environment, reporter } = run;
  const { stop } = environment;
  const { directory } = placedOptions(settings, environment);
  const named = await singleSource(source, environment);
  const load = loadOptions(settings, environment);
  const metainfo = await loadSource(named, environment.engine, load);
  const stateDirectory = stateFolder(settings.stateDirectory, environment);
  const engine = await run.startEngine(stateDirectory === undefined ? {} : { stateDirectory });
  const options: AddOptions = {
    ...add,
    directory,
    signal: stop,
    fromNetwork: originOf(source) === "network",
    priorities: (files) => {
      const chosen = choose(files, directory);
      return files.map((_, file) => (isWanted && file === chosen ? 1 : 0));
    },
  };
  const torrent = await engine.add(metainfo ?? named.name, options);
  run.reportStart(engine);
  reporter.follow(torrent);
  const failed = whenTorrentFails(torrent);
  const end = await Promise.race([torrent.metadata, failed, whenStopRequested(stop)]);
  if (end === "stopped") return undefined;
  const { files } = torrent;
  const file = choose(files, directory);
  const { path = "", lengthBytes = 0 } = files[file] ?? {};
  return { torrent, file, name: path.slice(path.lastIndexOf(sep) + 1), lengthBytes, failed };
}

/** @throws CommandError `no-such-file`, `several-files` */
export function theFileOf(
  pattern: FilePattern | undefined,
  files: Listed,
  directory: string,
): number {
  const real = [...files.keys()].filter((file) => files[file]?.isPadding === false);
  const isNamed = pattern === undefined ? () => true : patternTest(pattern);
  const isMeant = (file: number): boolean => {
    const path = relative(directory, files[file]?.path ?? "");
    return isNamed(path.split(sep).join("/"), file + 1);
  };
  const [meant, second] = real.filter(isMeant);
  const spelled = pattern === undefined ? "" : cleanText(spellPattern(pattern), 200);
  if (meant === undefined)
    throw new CommandError("no-such-file", `no file of the torrent matches ${spelled}${list}`);
  if (second === undefined) return meant;
  const several = pattern === undefined ? "the torrent has" : `${spelled} matches`;
  throw new CommandError("several-files", `${several} several files, and one is read${list}`);
}

const list = ": troupe info lists its files with their numbers";
