// Films of a torrent that downloads, looked at over HTTP by players: ffprobe, mpv and Chromium.
//
//   TROUPE_FILMS=long   sixty seeks of each player, in films of eight minutes (`pnpm test:films`)

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import type { Torrent } from "@troupe/coordinator";
import {
  clipSeconds,
  filmBytes,
  filmNames,
  makeFilms,
  type Films,
} from "../support/films/films.ts";
import { ChromiumPlayer, MpvPlayer, type Player } from "../support/films/player.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { infoHashOf, torrentBytes } from "../support/files/torrent-file.ts";
import { isLong } from "../support/lanes.ts";
import { longTest } from "../support/long-test.ts";
import { Served } from "../support/service/served.ts";
import { PacedSeeder } from "../support/swarm/paced-seeder.ts";

const isWhole = process.env["TROUPE_FILMS"] === "long";
const seeksPerFilm = isWhole ? 20 : 3;
/** The gate has no seeks, which need long films. */
const seconds = isWhole ? 480 : isLong ? 120 : clipSeconds;
const rangeCount = isLong ? 1_000 : 100;
const pieceLengthBytes = 128 * 1_024;
const run = promisify(execFile);

const folder = temporaryFolder("films");
let made: Promise<Films> | undefined;
test.after.always(() => folder[Symbol.dispose]());

/** Films that download at twice their rate from two peers, one thrice as fast as the other, and their service. */
class FilmScene implements AsyncDisposable {
  readonly films: Films;
  readonly torrent: Torrent;
  readonly #served: Served;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    parts: Pick<FilmScene, "films" | "torrent"> & { readonly served: Served },
    stack: AsyncDisposableStack,
  ) {
    this.films = parts.films;
    this.torrent = parts.torrent;
    this.#served = parts.served;
    this.#stack = stack;
  }

  /** @param speed The rate of both peers together, as a multiple of the films' rate. */
  static async open(speed: number): Promise<FilmScene> {
    await using stack = new AsyncDisposableStack();
    const films = await (made ??= makeFilms(folder.path, seconds, pieceLengthBytes));
    const [infoHash, payload] = [infoHashOf(films), filmBytes(films)];
    const served = stack.use(await Served.open());
    const torrent = await served.coordinator.add(torrentBytes(films));
    for (const share of [0.75, 0.25]) {
      const bytesPerSecond = films.bytesPerSecond * speed * share;
      const rules = { infoHash, payload, pieceLengthBytes, bytesPerSecond };
      torrent.addPeer(stack.use(await PacedSeeder.open(rules)));
    }
    await served.lists(infoHash);
    return new FilmScene({ films, torrent, served }, stack.move());
  }

  /** The signed address of a film, for players that know no credential. */
  async address(file: number): Promise<string> {
    const headers = await this.#served.token("read");
    const path = `/api/v1/torrents/${this.torrent.infoHash}/stream-link?file=${file}`;
    const { body } = await this.#served.ask(path, { headers });
    return `http://127.0.0.1:${this.#served.port}${String(body.result.path)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Seeks everywhere in each film, while most of the torrent is not there. */
async function seekEverywhere(
  t: ExecutionContext,
  open: (address: string, folder: string) => Promise<Player>,
): Promise<void> {
  await using scene = await FilmScene.open(2);
  const [times, opened]: [number[], number[]] = [[], []];
  let stops = 0;
  for (const file of filmNames.keys()) {
    const start = performance.now();
    await using player = await open(await scene.address(file), folder.path);
    opened.push(Math.round(performance.now() - start));
    for (let count = 0; count < seeksPerFilm; count++) {
      // Places of the golden section: no two are near each other.
      const place = ((count + 1) * 0.618_034 + file * 0.2) % 1;
      times.push(Math.round(await player.seek(place * (scene.films.seconds - 30))));
    }
    stops += await player.play(isWhole ? 15 : 8);
  }
  const sorted = times.toSorted((a, b) => a - b);
  t.log({ opened, stops, p95: sorted[Math.ceil(sorted.length * 0.95) - 1], worst: sorted.at(-1) });
  t.log(
    `${Math.round((100 * scene.torrent.progress.haveBytes) / scene.films.totalBytes)} % of the torrent is there; milliseconds: ${times.join(" ")}`,
  );
  t.is(times.length, filmNames.length * seeksPerFilm);
  t.false(scene.torrent.isComplete, "all was there before the last seek");
  t.is(stops, 0);
}

longTest(
  "G11: Chromium seeks in films that download at twice their rate, and plays on",
  async (t) => {
    await seekEverywhere(t, async (address) => await ChromiumPlayer.open(address));
  },
);

longTest("G11: mpv seeks in films that download at twice their rate, and plays on", async (t) => {
  await seekEverywhere(t, async (address, folder) => await MpvPlayer.open(address, folder));
});

test.serial(
  "G11: ffprobe reads the streams of films of which hardly a byte is there",
  async (t) => {
    await using scene = await FilmScene.open(2);
    for (const [file, name] of filmNames.entries()) {
      const start = performance.now();
      const words = [
        "-v",
        "error",
        "-show_entries",
        "format=duration:stream=codec_type",
        "-of",
        "json",
      ];
      const { stdout } = await run("ffprobe", [...words, await scene.address(file)]);
      t.log(`${name}: ${Math.round(performance.now() - start)} ms`);
      const { format, streams } = JSON.parse(stdout) as {
        readonly format: { readonly duration: string };
        readonly streams: readonly { readonly codec_type: string }[];
      };
      t.is(Math.round(Number(format.duration) / 10), seconds / 10);
      t.deepEqual(streams.map(({ codec_type }) => codec_type).toSorted(), ["audio", "video"]);
    }
  },
);

test.serial("G11: many ranges that curl asks for are equal to the films", async (t) => {
  await using scene = await FilmScene.open(1_000);
  await scene.torrent.completed;
  const address = await scene.address(0);
  const film = filmBytes({ ...scene.films, paths: scene.films.paths.slice(0, 1) });
  const ranges = Array.from({ length: rangeCount }, () => {
    const start = Math.floor(Math.random() * film.length);
    return [start, Math.min(film.length, start + 1 + Math.floor(Math.random() * 300_000))] as const;
  });
  const parts = ranges.map(([start, end]) => [
    "--next",
    "-sSf",
    "-r",
    `${start}-${end - 1}`,
    address,
  ]);
  const { stdout } = await run("curl", parts.flat().slice(1), {
    encoding: "buffer",
    maxBuffer: Infinity,
  });
  t.true(stdout.equals(Buffer.concat(ranges.map(([start, end]) => film.subarray(start, end)))));
});
