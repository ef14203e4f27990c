export type * from "./contract.ts";
export type { Context } from "./context.ts";
export type * from "./ports/bound-interface.ts";
export type * from "./ports/clock.ts";
export type * from "./ports/database.ts";
export type * from "./ports/disk.ts";
export type * from "./ports/folders.ts";
export type * from "./ports/gateways.ts";
export type * from "./ports/http.ts";
export type * from "./ports/interfaces.ts";
export type * from "./ports/modules.ts";
export type * from "./ports/names.ts";
export type * from "./ports/network-rules.ts";
export { defaultNetworkRules } from "./io/network/default-rules.ts";
export { hostsForStrangers } from "./io/network/hosts-for-strangers.ts";
export type * from "./ports/ports.ts";
export type * from "./ports/random.ts";
export * from "./ports/datagrams.ts";
export type * from "./ports/sockets.ts";
export type * from "./ports/timers.ts";
export type * from "./supervisor-spec.ts";
export { parseChaos } from "./chaos/chaos-plan.ts";
export type { ChaosKinds, ChaosPlan } from "./chaos/chaos-plan.ts";
export { ChaosRunner } from "./chaos/chaos-runner.ts";
export { asFault, codeOf, messageOf, systemError } from "./errors.ts";
export { ActorError } from "./failure.ts";
export type { Child, ChildEvents, ChildStats, Host, LinkSide } from "./hosts/host.ts";
export { inlineHost } from "./hosts/inline-host.ts";
export { threadHost } from "./hosts/thread-host.ts";
export { firstOwnStep, breadcrumbWords, linkCredits } from "./limits.ts";
export { Deadlines } from "./deadlines.ts";
export { LazyMap, LazySet } from "./lazy-collections.ts";
export type { LogEntry, LogLevel, LogSink } from "./log.ts";
export { PatientRef } from "./links/patient-ref.ts";
export { openRoot } from "./root.ts";
export type { RootOptions } from "./root.ts";
export { runActor } from "./hosts/run-actor.ts";
export { retryAfterMs } from "./io/http/retry-after.ts";
export { HttpResponseReader, ResponseFault } from "./io/http/http-response-reader.ts";
export { inOwnStep } from "./actor/breadcrumb.ts";
export { nextTurn, pause, resultWithin, settlesWithin } from "./waits.ts";
export { siblingUrl } from "./sibling-url.ts";
export { WindowCount } from "./window-count.ts";
export { eventLoopTurn } from "./io/system/event-loop-turn.ts";
export { listenRefusal, type ListenRefusal } from "./io/system/listen-refusal.ts";
export {
  isWithin,
  type LinkDisk,
  pathLinks,
  type PathLinks,
  realPathOf,
} from "./io/disk/real-path.ts";
export { systemThreadId, threadTime } from "./io/system/thread-time.ts";
export { systemSentence, systemWords } from "./io/system/system-sentence.ts";
export { CrashHistory, crashMemoryMs, isDeliberate } from "./supervision/crash-history.ts";
export { describeTree } from "./supervision/describe-tree.ts";
export { countedDisk, wrapDisk } from "./actor/wrap-disk.ts";
export { descriptorUse, nodePorts, OneShotThreads, threadEntry, threadFile } from "./io/index.ts";
export type { AbandonedThread, DescriptorUse, OneShotTask, WorkerUrls } from "./io/index.ts";
