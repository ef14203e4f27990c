// The state of the actor `http`.

import { asFault, type Context } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { RowChanges } from "@troupe/coordinator/commands";
import type { OwnerWay } from "./calls/owner-calls.ts";
import { SharedAnswers } from "./calls/shared-answers.ts";
import { EventRing } from "./api/event-ring.ts";
import { StreamLinks } from "./guard/stream-links.ts";
import { ownedHistory } from "./history/history-source.ts";
import { serviceRoutes } from "./routes/service-routes.ts";
import { requestListener } from "./server/app.ts";
import { Connections, type ConnectionId } from "./server/connections.ts";
import { Doors } from "./server/doors.ts";
import { Guard } from "./server/guard.ts";
import { hmacSha256 } from "./server/node-secrets.ts";
import { OwnedFiles } from "./streams/file-source.ts";
import type {
  EventBatch,
  HttpOptions,
  HttpProtocol,
  ListenPlace,
  SavedSecret,
  ServiceOwnerProtocol,
  TlsFiles,
} from "./service.messages.ts";
import { MaskedView } from "./view/masked-view.ts";
import { RestoredRows } from "./view/restored-rows.ts";
import { LiveView } from "./view/torrent-view.ts";

type HttpContext = Context<HttpProtocol>;

/** Login sessions that were idle for 30 days are looked for as often. */
const idleCheckMs = 3_600_000;

/** A place that could not be opened again is tried as often. */
const placeRetryMs = 2_000;

/** A save waits no longer, for a disk that does not answer. */
const saveMs = 10_000;

/** One incarnation: its view, its guard and its servers. */
export class HttpService {
  readonly #context: HttpContext;
  readonly #view = new LiveView();
  readonly #rows: RestoredRows;
  readonly #guard: Guard<ConnectionId>;
  readonly #ring: EventRing;
  #doors: Doors | undefined;

  private constructor(context: HttpContext, options: HttpOptions) {
    this.#context = context;
    this.#rows = new RestoredRows(context.timers);
    this.#ring = new EventRing(Buffer.from(context.random.bytes(12)).toString("hex"));
    this.#guard = new Guard(options, {
      ...context,
      save: (secret) => this.#save(secret),
      firstLogin: () => this.#owner.cast("first-login", {}),
    });
    context.timers.every(idleCheckMs, () => this.#guard.credentials?.sessions.endIdle());
  }

  /** Listens at every place. @throws rejects with the system's error for a place that is taken. */
  static async start(context: HttpContext, options: HttpOptions): Promise<HttpService> {
    const service = new HttpService(context, options);
    await service.#listen(options);
    return service;
  }

  stop(): void {
    this.#doors?.close();
  }

  changeRows(changes: RowChanges): void {
    this.#view.apply(changes, this.#context.clock.nowMs());
    if (changes.isWhole === true) this.#rows.restored();
    this.#context.emit("rows-taken", {});
  }

  noteEvents({ areMissing, events }: EventBatch): void {
    if (areMissing) this.#ring.forget();
    for (const { kind, data } of events) this.#ring.push(kind, data);
  }

  /** Says where it listens. */
  tellPlaces(): void {
    this.#context.emit("listening", { places: this.#doors?.places ?? [] });
  }

  setTls(files: TlsFiles): void {
    this.#doors?.setTls(files);
  }

  get #owner(): ReturnType<typeof ownerOf> {
    return ownerOf(this.#context);
  }

  async #listen(options: HttpOptions): Promise<void> {
    const { clock, random, timers } = this.#context;
    const connections = new Connections(this.#guard);
    const way: OwnerWay = {
      owner: this.#owner,
      view: this.#view,
      masked: new MaskedView(this.#view),
      rows: this.#rows,
      answers: new SharedAnswers(clock),
    };
    const links = new StreamLinks(Buffer.from(options.linkKey, "base64url"), clock, hmacSha256);
    const files = new OwnedFiles(() => this.#owner, timers);
    const history = ownedHistory(() => this.#owner);
    const ports = { clock, random, timers, links, files, history, ring: this.#ring };
    const routes = serviceRoutes(options, ports);
    const parts = {
      ...{ guard: this.#guard, links, connections, way, timers, random },
      warn: (code: string, message: string) => this.#context.emit("warned", { code, message }),
      failed: (error: unknown) => this.#context.fail(error),
    };
    const elsewhere = requestListener(routes, { ...parts, basePath: options.basePath });
    // The user's own commands reach no proxy: their socket has no base path.
    const local = requestListener(routes, { ...parts, basePath: "" });
    const doors = new Doors({
      tls: options.tls,
      listenerOf: ({ kind }) => (kind === "local" ? local : elsewhere),
      watch: connections,
    });
    this.#context.own(() => doors.close());
    this.#doors = doors;
    for (const place of options.places) {
      if (options.areAllNeeded) await doors.open(place);
      else await this.#tryOpen(doors, place);
    }
  }

  /** Opens a place that was open before. It may be taken for a while, as when its network is away. */
  async #tryOpen(doors: Doors, place: ListenPlace): Promise<boolean> {
    try {
      await doors.open(place);
      return true;
    } catch (error) {
      const where = place.kind === "tcp" ? `${place.host}:${place.port}` : place.path;
      const message = `cannot listen at ${where}: ${asFault(error).message}; it is tried every 2 s`;
      this.#context.emit("warned", { code: "place-closed", message });
      this.#context.timers.after(placeRetryMs, () => {
        void this.#tryOpen(doors, place).then((isOpen) => isOpen && this.tellPlaces());
      });
      return false;
    }
  }

  async #save(secret: SavedSecret): Promise<void> {
    const { error } = await this.#owner
      .call("save-secret", secret, { deadlineMs: saveMs })
      .catch((cause: unknown) => ({ error: asFault(cause) }));
    if (error === undefined) return;
    const message = `cannot save the ${secret.kind} in the state folder: ${error.message}`;
    throw new TroupeError("secret-not-saved", message);
  }
}

function ownerOf(context: HttpContext): OwnerWay["owner"] {
  return context.ref<ServiceOwnerProtocol>("owner");
}
