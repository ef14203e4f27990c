// A part of a torrent that a module of the user's program may replace.

/** A part that runs. */
export interface RunningPart {
  /** The run has ended, or another part takes over. Throws nothing. */
  close(): void;
}

/** The part works by its own code. */
interface BuiltIn {
  readonly state: "built-in";
}

/** The part of a module works. */
interface Running<Part> {
  readonly state: "running";
  readonly url: string;
  readonly part: Part;
}

/** A module is being loaded, and the part before works. */
interface Loading<Part> {
  readonly state: "loading";
  readonly url: string;
  readonly before: BuiltIn | Running<Part>;
}

/** The state of a part. */
type PartState<Part> = BuiltIn | Running<Part> | Loading<Part>;

/** An input of {@link nextPart}. */
type PartEvent<Part> =
  /** Undefined: the built-in part. */
  | { readonly event: "chosen"; readonly url: string | undefined }
  | { readonly event: "started"; readonly url: string; readonly part: Part }
  | { readonly event: "ended" };

const builtIn: BuiltIn = { state: "built-in" };

/** The only function that changes the state of a part. */
function nextPart<Part>(state: PartState<Part>, event: PartEvent<Part>): PartState<Part> {
  if (event.event === "started") return { state: "running", url: event.url, part: event.part };
  if (event.event === "ended" || event.url === undefined) return builtIn;
  if (state.state !== "built-in" && state.url === event.url) return state;
  const before = state.state === "loading" ? state.before : state;
  if (before.state === "running" && before.url === event.url) return before;
  return { state: "loading", url: event.url, before };
}

/** @returns The part that works; undefined for the built-in one. */
function partOf<Part>(state: PartState<Part>): Part | undefined {
  const working = state.state === "loading" ? state.before : state;
  return working.state === "running" ? working.part : undefined;
}

/** Loads and starts a module. */
export interface PartMaker<Part> {
  load(url: string): Promise<unknown>;
  /** @param exported The default export, or what `load` has made of it. */
  start(url: string, exported: unknown): Part;
  /** Another choice has won: `exported` is not started. */
  drop?(url: string): void;
}

/** Holds the part of a torrent that works, and replaces it. */
export class PluginPart<Part extends RunningPart> {
  #state: PartState<Part> = builtIn;

  /** The part of a module that works; undefined for the built-in part. */
  get part(): Part | undefined {
    return partOf(this.#state);
  }

  /**
   * Replaces the part as soon as the module is loaded. A later choice wins over an earlier one.
   *
   * @param url Undefined: the built-in part.
   * @throws rejects with the error of a load or start, unless another choice has won.
   */
  async choose(url: string | undefined, maker: PartMaker<Part>): Promise<void> {
    const before = this.#state;
    this.#move({ event: "chosen", url });
    const loading = this.#state;
    if (loading === before || loading.state !== "loading") return;
    let exported: unknown;
    try {
      exported = await maker.load(loading.url);
    } catch (error) {
      if (this.#state === loading) throw error;
      return;
    }
    if (this.#state !== loading) return maker.drop?.(loading.url);
    this.close();
    this.#move({ event: "started", url: loading.url, part: maker.start(loading.url, exported) });
  }

  /** The built-in part works from now on. */
  close(): void {
    this.#move({ event: "ended" });
  }

  #move(event: PartEvent<Part>): void {
    const before = this.part;
    this.#state = nextPart(this.#state, event);
    if (before !== undefined && before !== this.part) before.close();
  }
}
