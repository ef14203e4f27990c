import type { ActorCore } from "./actor-core.ts";
import type { Context } from "../context.ts";
import type { Protocol } from "../contract.ts";
import { scopedPorts } from "./scoped-ports.ts";
import type { Supervisor, SupervisorEvents, SupervisorSpec } from "../supervisor-spec.ts";

/**
 * Makes the context for an actor's `start`. A thread catches errors of callbacks and closes open resources itself; in a
 * shared thread the ports are scoped to the incarnation.
 */
export function makeContext(core: ActorCore): Context {
  const ports = core.host.sharesThread ? scopedPorts(core.ports, core.scope) : core.ports;
  return {
    clock: ports.clock,
    timers: ports.timers,
    random: ports.random,
    sockets: ports.sockets,
    datagrams: ports.datagrams,
    http: ports.http,
    names: ports.names,
    interfaces: ports.interfaces,
    gateways: ports.gateways,
    ...(ports.boundInterface !== undefined && { boundInterface: ports.boundInterface }),
    ...(ports.viaProxy !== undefined && { viaProxy: ports.viaProxy }),
    disk: ports.disk,
    folders: ports.folders,
    modules: ports.modules,
    sha1: ports.sha1,
    compileForSpeed: ports.compileForSpeed,
    self: core.sender,
    breadcrumb: core.breadcrumb,
    inModule: (step, subject, act) => core.inModule(step, subject, act),
    loadModule: (step, subject, url) =>
      core.loadModule(step, subject, () => ports.modules.load(url)),
    emit: (name: string, message: unknown) => core.emit(name, message),
    get noticeCredits() {
      return core.noticeCredits;
    },
    whenNoticeRoom: (listener: () => void) => core.whenNoticeRoom(listener),
    ref: <P extends Protocol>(role: string) => core.ref(role).as<P>(),
    supervise: (spec: SupervisorSpec, events: SupervisorEvents) => supervise(core, spec, events),
    log: (level, event, fields) => core.logEvent(level, event, fields),
    fail: (error: unknown) => core.failed(error),
    own: (release) => core.scope.own(release),
  };
}

/** Starts a supervisor owned by an actor; ends with this incarnation at the latest. */
export async function supervise(
  core: ActorCore,
  spec: SupervisorSpec,
  events: SupervisorEvents,
): Promise<Supervisor> {
  // Loaded on demand: most actors have no children.
  const { RunningSupervisor } = await import("../supervision/supervisor.ts");
  const supervisor = new RunningSupervisor(core, spec, events);
  core.adopt(supervisor);
  await supervisor.start();
  return supervisor;
}
