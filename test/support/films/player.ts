// Players that seek in a film at an address: mpv, and the video element of Chromium.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { HeadlessBrowser, type OpenPage } from "../browser.ts";
import { found } from "../time/until.ts";

/** A player with one film. */
export interface Player extends AsyncDisposable {
  /** Seeks, and resolves when the picture at that second is shown and the film goes on. @returns milliseconds */
  seek(second: number): Promise<number>;
  /** Lets so many seconds of the film go on. @returns Stops of the picture after the first five. */
  play(seconds: number): Promise<number>;
}

/** Stops in the first seconds of film after a seek are a seek that is not over. */
const calmSeconds = 5;

/** The video element of Chromium: a film with a page of its own has no origin, and is not shown. */
export class ChromiumPlayer implements Player {
  readonly #browser: HeadlessBrowser;
  readonly #shown: OpenPage;

  private constructor(browser: HeadlessBrowser, shown: OpenPage) {
    this.#browser = browser;
    this.#shown = shown;
  }

  /** Opens a film in a page of the service; resolves when its first picture is shown. */
  static async open(address: string): Promise<ChromiumPlayer> {
    const browser = await HeadlessBrowser.start({ isFull: true });
    const player = new ChromiumPlayer(browser, await browser.visit(new URL("/", address).href));
    await player.#run(`new Promise((done, fail) => {
      const film = document.createElement("video");
      film.muted = true;
      film.onerror = () => fail(new Error(film.error.message));
      film.onloadeddata = () => film.play().then(done, fail);
      film.src = "${address}";
      document.body.append(film);
    })`);
    return player;
  }

  async seek(second: number): Promise<number> {
    return await this.#run(`new Promise((done) => {
      const film = document.querySelector("video");
      const start = performance.now();
      film.onseeked = () => film.requestVideoFrameCallback(() => done(performance.now() - start));
      film.currentTime = ${second};
    })`);
  }

  async play(seconds: number): Promise<number> {
    return await this.#run(`new Promise((done) => {
      const film = document.querySelector("video");
      const start = film.currentTime;
      const hasShown = (seconds) => film.currentTime - start >= seconds;
      let stops = 0;
      // A browser without a core waits, too, with the bytes at hand.
      const lacksBytes = () => {
        const { buffered, currentTime } = film;
        return !Array.from(buffered, (_, at) => at).some(
          (at) => buffered.start(at) <= currentTime && currentTime + 0.3 < buffered.end(at));
      };
      film.onwaiting = () => {
        if (hasShown(${calmSeconds}) && lacksBytes()) stops++;
      };
      film.ontimeupdate = () => {
        if (hasShown(${seconds})) done(stops);
      };
    })`);
  }

  async #run<Result>(expression: string): Promise<Result> {
    return await this.#shown.run<Result>(expression);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser[Symbol.asyncDispose]();
  }
}

/** A message of mpv: an event, or an answer. */
interface MpvMessage {
  readonly event?: string;
  readonly name?: string;
  readonly data?: unknown;
}

/** mpv without picture and sound, steered by its socket. */
export class MpvPlayer implements Player {
  readonly #process: ChildProcess;
  readonly #socket: Socket;
  readonly #listeners = new Set<(message: MpvMessage) => void>();

  private constructor(process: ChildProcess, socket: Socket) {
    this.#process = process;
    this.#socket = socket;
    createInterface(socket).on("line", (line) => {
      const message = JSON.parse(line) as MpvMessage;
      for (const listener of this.#listeners) listener(message);
    });
    this.#send("observe_property", 1, "paused-for-cache");
    this.#send("observe_property", 2, "time-pos");
  }

  /** Opens a film; resolves when its first picture is there. @param folder Its socket is made there. */
  static async open(address: string, folder: string): Promise<MpvPlayer> {
    const path = join(folder, "mpv");
    const words = ["--no-config", "--vo=null", "--ao=null", "--idle", "--msg-level=all=error"];
    const process = spawn("mpv", [...words, `--input-ipc-server=${path}`], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    const player = new MpvPlayer(process, await connect(path));
    const started = player.#next(({ event }) => event === "playback-restart");
    player.#send("loadfile", address);
    await started;
    return player;
  }

  async seek(second: number): Promise<number> {
    const start = performance.now();
    const restarted = this.#next(({ event }) => event === "playback-restart");
    this.#send("seek", second, "absolute");
    await restarted;
    return performance.now() - start;
  }

  async play(seconds: number): Promise<number> {
    let [start, shownSeconds, stops]: [number | undefined, number, number] = [undefined, 0, 0];
    await this.#next(({ name, data }) => {
      if (name === "time-pos" && typeof data === "number") {
        start ??= data;
        shownSeconds = data - start;
      }
      const isStop = name === "paused-for-cache" && data === true;
      if (isStop && shownSeconds >= calmSeconds) stops++;
      return shownSeconds >= seconds;
    });
    return stops;
  }

  #send(...command: readonly unknown[]): void {
    this.#socket.write(`${JSON.stringify({ command })}\n`);
  }

  async #next(isIt: (message: MpvMessage) => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const listener = (message: MpvMessage): void => {
      if (isIt(message)) resolve();
    };
    this.#listeners.add(listener);
    await promise;
    this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
  }
}

async function connect(path: string): Promise<Socket> {
  return await found("the socket of mpv", async () => {
    const socket = createConnection(path);
    return await once(socket, "connect").then(
      () => socket,
      () => undefined,
    );
  });
}
