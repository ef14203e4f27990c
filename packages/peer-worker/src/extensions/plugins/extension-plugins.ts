// The extensions of a torrent that are plugins: loaded when the torrent opens, replaced in a single turn.

import { longestModuleError } from "@troupe/actor-runtime/module-answers";
import type { ExtensionModules } from "@troupe/messages";
import { errorText } from "@troupe/protocol/text";

import { pluginReportMs } from "../../limits.ts";
import type { Torrent } from "../../torrent.ts";
import { sendExtendedHandshake } from "../extended-handshake.ts";
import type { PluginExtensions } from "../extension.ts";
import { ownExtensions } from "../registry.ts";
import { EarlyPayloads } from "./early-payloads.ts";
import { ExtensionIds } from "./extension-ids.ts";
import { inExtensionStep, loadInExtensionStep } from "./extension-step.ts";
import { type ModuleFailure, loadModules, makeExtensions } from "./make-extensions.ts";
import { PluginExtension, type PluginServices } from "./plugin-extension.ts";
import type { CheckedExtension } from "./read-extension.ts";

const firstPluginId = Math.max(...ownExtensions.map(({ id }) => id)) + 1;

/** `loading`: the extensions of before go on until the new modules are loaded. */
interface State {
  readonly kind: "running" | "loading" | "closed";
  readonly extensions: readonly PluginExtension[];
}

/** The plugin extensions of a torrent in this worker. */
export class ExtensionPlugins implements PluginExtensions {
  readonly #torrent: Torrent;
  readonly #ids = new ExtensionIds(firstPluginId);
  readonly #early = new EarlyPayloads();
  #state: State = { kind: "running", extensions: [] };

  constructor(torrent: Torrent) {
    this.#torrent = torrent;
  }

  set(modules: ExtensionModules | undefined): void {
    if (this.#state.kind === "closed") return;
    if (modules === undefined) return this.#replace(() => []);
    const loading: State = { kind: "loading", extensions: this.#state.extensions };
    this.#state = loading;
    const { context } = this.#torrent.worker;
    const load = (url: string): Promise<unknown> => loadInExtensionStep(this.#torrent, url);
    loadModules({ load, timers: context.timers }, modules)
      .then((loaded) => {
        // Otherwise a later set, or the end of the torrent, has taken over.
        if (this.#state !== loading) return;
        this.#replace(() => ("message" in loaded ? loaded : makeExtensions(loaded, modules)));
      })
      .catch((error: unknown) => context.fail(error));
  }

  close(): void {
    this.#run([], "closed");
    this.#early.keepOnly([]);
  }

  /** @param make Called when the extensions of before have ended. */
  #replace(make: () => readonly CheckedExtension[] | ModuleFailure): void {
    const withdrawn = this.#state.extensions.map(({ name }) => name);
    this.#run([], "running");
    const made = inExtensionStep(this.#torrent, make);
    if ("message" in made) return this.#giveUp(made);
    const names = made.map(({ name }) => name);
    const ids = this.#ids.replace(names);
    this.#early.keepOnly(names);
    const started = made.map(
      (checked, at) => new PluginExtension(checked, ids[at] ?? 0, this.#servicesOf(checked.url)),
    );
    this.#run(started, "running");
    if (started.length + withdrawn.length > 0) this.#offerToPeers(started, withdrawn);
  }

  /** Ends the extensions of before. */
  #run(extensions: readonly PluginExtension[], kind: State["kind"]): void {
    const before = this.#state.extensions;
    this.#state = { kind, extensions };
    this.#torrent.extensions = [...ownExtensions, ...extensions];
    for (const extension of before) extension.close();
  }

  #offerToPeers(started: readonly PluginExtension[], withdrawn: readonly string[]): void {
    for (const session of this.#torrent.sessions) {
      sendExtendedHandshake(session, withdrawn);
      for (const extension of started) extension.meet(session);
    }
  }

  #giveUp({ url, message }: ModuleFailure): void {
    this.#early.keepOnly([]);
    const { id: torrent, worker } = this.#torrent;
    worker.notices.emit("extension-failed", { torrent, url, message });
  }

  #servicesOf(url: string): PluginServices {
    const torrent = this.#torrent;
    const { worker } = torrent;
    let reportedAtMs = -Infinity;
    return {
      torrent,
      early: this.#early,
      reportThrow(handler, error) {
        const nowMs = worker.nowMs();
        if (nowMs - reportedAtMs < pluginReportMs) return;
        reportedAtMs = nowMs;
        const message = `the handler ${handler} of the extension ${url} threw ${errorText(error, longestModuleError)}`;
        worker.notices.emit("extension-threw", { torrent: torrent.id, url, message });
      },
    };
  }
}
