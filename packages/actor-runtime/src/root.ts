import { ActorCore } from "./actor/actor-core.ts";
import type { SupervisorEvents, Supervisor, SupervisorSpec } from "./supervisor-spec.ts";
import type {
  AnyActor,
  CallName,
  CastName,
  MessageOf,
  NoticeName,
  NoticeSources,
  Protocol,
  ReplyOf,
  Sender,
} from "./contract.ts";
import type { Host } from "./hosts/host.ts";
import type { LogSink } from "./log.ts";
import { makeContext, supervise } from "./actor/make-context.ts";

/** Callbacks by role and name of notices. */
type RootNoticeHandlers<Sources extends NoticeSources> = {
  readonly [Role in keyof Sources]: {
    readonly [Name in NoticeName<Sources[Role]>]: (
      message: MessageOf<Sources[Role], Name>,
      from: Sender,
    ) => void;
  };
};

/** Handlers of the calls and casts that children make to their owner. */
type RootHandlers<Own extends Protocol> = {
  readonly [Name in CallName<Own>]: (
    message: MessageOf<Own, Name>,
    from: Sender,
  ) => ReplyOf<Own, Name> | Promise<ReplyOf<Own, Name>>;
} & {
  readonly [Name in CastName<Own>]: (message: MessageOf<Own, Name>, from: Sender) => void;
};

/** Parts of a root. */
export interface RootOptions<Sources extends NoticeSources = {}, Own extends Protocol = {}> {
  readonly host: Host;
  readonly spec: SupervisorSpec;
  /** An error fails the root. */
  readonly noticeHandlers: RootNoticeHandlers<Sources>;
  /** Default: children say notices alone. */
  readonly handlers?: RootHandlers<Own>;
  readonly events?: SupervisorEvents;
  /** Default: dropped. */
  readonly log?: LogSink;
  /** All actors have ended: a callback threw, or restarts are used up without a `gaveUp` handler. */
  readonly failed: (error: unknown) => void;
}

/**
 * Starts a tree from a thread that is no actor's. The supervisor's `stop` leaves nothing behind.
 * @throws rejects with {@link ActorError} `start-failed`, after stopping everything.
 */
export async function openRoot<Sources extends NoticeSources = {}, Own extends Protocol = {}>(
  options: RootOptions<Sources, Own>,
): Promise<Supervisor> {
  const core = new ActorCore({
    actor: rootActor(options),
    self: { name: "root", epoch: 1 },
    host: options.host,
    log: options.log ?? (() => {}),
    failed: options.failed,
  });
  await core.start(makeContext(core), {});
  try {
    const supervisor = await supervise(core, options.spec, options.events ?? {});
    return {
      ref: (name) => supervisor.ref(name),
      sender: (name) => supervisor.sender(name),
      status: () => supervisor.status(),
      startChild: (name) => supervisor.startChild(name),
      stopChild: (name) => supervisor.stopChild(name),
      kill: (name) => supervisor.kill(name),
      hang: (name) => supervisor.hang(name),
      stop: async (limits) => {
        if (limits !== undefined) await supervisor.stop(limits).finally(() => core.terminate());
        else await core.stop();
      },
    };
  } catch (error) {
    core.terminate();
    throw error;
  }
}

function rootActor<Sources extends NoticeSources, Own extends Protocol>({
  noticeHandlers,
  handlers = {} as RootHandlers<Own>,
}: RootOptions<Sources, Own>): AnyActor {
  return {
    name: "root",
    start: () => ({}),
    stop: () => {},
    handlers: stateless(handlers),
    noticeHandlers: Object.fromEntries(
      Object.entries(noticeHandlers).map(([role, listeners]) => [role, stateless(listeners)]),
    ),
  };
}

type RootListener = (message: unknown, from: Sender) => unknown;
type RootHandler = (state: unknown, message: unknown, from: Sender) => unknown;

function stateless(listeners: object): Record<string, RootHandler> {
  const handlers: Record<string, RootHandler> = {};
  for (const [name, listener] of Object.entries(listeners) as [string, RootListener][]) {
    handlers[name] = (_, message, from) => listener(message, from);
  }
  return handlers;
}
