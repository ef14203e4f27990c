// `troupe create --seed`: the new torrents, served at once.

import type { Seeding } from "../../arguments/create-arguments.ts";
import type { CoordinatorOptions, CreatedTorrent } from "../../engine-port.ts";
import { CommandError, gravestExitCode, type ExitCodeValue } from "../../failure.ts";
import { modulesOption } from "../../module-options.ts";
import { placedPaths, stateFolder } from "../../source.ts";
import type { EngineRun } from "../engine-run.ts";
import { seedToEnd } from "../seed-to-end.ts";

/** A new torrent, and what it was made of. */
export interface CreatedFrom {
  /** The path as written on the command line. */
  readonly path: string;
  readonly created: CreatedTorrent;
}

/** Seeds new torrents where their files are, until they end or the command is stopped; unchanged files are not hashed again. */
export async function seedCreated(
  torrents: readonly CreatedFrom[],
  { add, giveUpAfterMs, modules }: Seeding,
  { run, engine: settings }: { readonly run: EngineRun; readonly engine: CoordinatorOptions },
): Promise<ExitCodeValue> {
  const { environment } = run;
  const stateDirectory = stateFolder(settings.stateDirectory, environment);
  const engine = await run.startEngine(stateDirectory === undefined ? {} : { stateDirectory });
  const options = {
    ...placedPaths(add, environment.currentFolder),
    ...modulesOption(modules, environment),
    signal: environment.stop,
    seedOnly: true,
  };
  const seedOne = async (
    { created: { bytes, seed } }: CreatedFrom,
    place: number,
  ): Promise<ExitCodeValue> => {
    if (seed === undefined) throw elsewhere();
    const torrent = await engine.add(bytes, { ...options, ...seed });
    run.reportStart(engine);
    return await seedToEnd(torrent, run, { giveUpAfterMs, directory: seed.directory, place });
  };
  const codes = torrents.map((torrent, place) =>
    run.guarded(() => seedOne(torrent, place), torrent.path),
  );
  return gravestExitCode(await Promise.all(codes));
}

function elsewhere(): CommandError {
  return new CommandError(
    "seed-elsewhere",
    "cannot seed the torrent: links were followed, so its files do not lie in one folder under their names",
  );
}
