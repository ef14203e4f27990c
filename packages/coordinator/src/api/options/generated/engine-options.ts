// Types of options of a coordinator. `pnpm generate` writes this file from the tables of packages/control.

import type { AddressFamilyName, BandwidthPriority, ContentLayout } from "@troupe/control";
import type { LogEntry } from "@troupe/actor-runtime";
import type { WorkerUrlsOption } from "@troupe/api-base";
import type { DhtEndpoint, DhtLimits, UploadSlots } from "@troupe/messages";
import type { Changed, RateLimitOptions, SeedGoalOptions } from "./torrent-options.ts";

/** Settings of a coordinator; each has a default. */
export interface CoordinatorOptions {
  /**
   * The data folder of torrents that name none: a path from the current folder at the start. A change holds for
   * torrents that are added later. Remotes name folders below the roots of the service. Default `.`.
   */
  readonly directory?: string;
  /**
   * The state folder (docs/state.md); several coordinators may share it. Without it no state is kept, and files are
   * hashed when a torrent is added.
   */
  readonly stateDirectory?: string;
  /** Ports tried in order; 0 lets the system pick. Default 6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889, 0. */
  readonly port?: number | readonly number[];
  /**
   * Numeric local addresses to listen on and dial from; an empty list: all. With `interface` they are addresses of it,
   * from which trackers, web seeds and name servers are asked too, and a family without one of them is off.
   */
  readonly bind?: readonly string[];
  /** Connected peers name each other further peers of a torrent (BEP 11); never of a private torrent. Default true. */
  readonly peerExchange?: boolean;
  /**
   * Finds peers of public torrents on the local network (BEP 14); never with loopback addresses alone in `bind`.
   * Default true.
   */
  readonly localDiscovery?: boolean;
  /**
   * Finds peers of public torrents in the DHT (BEP 5, BEP 32), by a node that starts with the first of them; with
   * loopback addresses alone in `bind` only if `nodes` are given. Default true.
   */
  readonly dht?: boolean | DhtNodeOptions;
  /** Asks the router to map the listen port; never with loopback addresses alone in `bind`. Default true. */
  readonly portMapping?: boolean;
  /**
   * The list of addresses that are neither dialled nor accepted, a file or an http or https address: p2p, P2B,
   * `ipfilter.dat`, or addresses, ranges and CIDR prefixes a line; each may be compressed by gzip. The state folder
   * keeps the list of an address for starts without the network. Without a list no address is refused.
   */
  readonly ipFilter?: string;
  /**
   * Hours until the list of `ipFilter` is read again, 1 to 8,760; a list that cannot be read changes nothing. By
   * default it is read at the start alone.
   */
  readonly ipFilterHours?: number;
  /** Addresses and prefixes that the list of `ipFilter` does not refuse, 1,000 at most. Bans hold for them too. */
  readonly ipFilterAllow?: readonly string[];
  /**
   * A list of trackers for every public torrent, behind its own: a file, or an http or https address, with a URL a
   * line, 200 at most; remarks begin with #. It is read again each hour; what cannot be read changes nothing.
   */
  readonly trackerList?: string;
  /** Trackers of every public torrent, behind its own. */
  readonly defaultTrackers?: readonly string[];
  /** Permissions of new files and folders. By default as the system makes them. */
  readonly files?: FileAccessOptions;
  /** Payload memory in bytes, a quarter for uploads; at least 1 MiB a peer-worker. Default 64 MiB. */
  readonly memory?: number;
  /** Threads for connections. By default cores ÷ 4, 1 to 4. With 0 torrents can only be checked. */
  readonly peerWorkers?: number;
  /** Threads for hashing, started on demand. By default as many as cores. */
  readonly hashThreads?: number;
  /**
   * Connections of a torrent, 1 to 10,000. The value of its group, else the coordinator's, holds for each torrent
   * without one of its own. Default 200.
   */
  readonly maxPeers?: number;
  /**
   * The folder of the data until the torrent is complete; then the torrent moves to `moveTo`, else to `directory`. A
   * torrent that an earlier run has begun there, or with the same final folder, stays in its folder. A torrent whose
   * files lie in the final folder already stays there, except with the layout `no-folder`. Only downloads use this
   * setting. The coordinator's value holds for each torrent without one of its own.
   */
  readonly incompleteDirectory?: string;
  /**
   * The folder that the torrent moves to when it is complete, as by `Torrent.move`; then the setting ends. A complete
   * torrent that runs moves when the setting is set. Until the move the engine never writes to a file that another
   * torrent or program has made (`foreign-file`). A torrent with an `incompleteDirectory` moves to this folder in place
   * of `directory`. A move that fails gives the warning `move-failed`, and the next start tries again. The
   * coordinator's value holds for torrents that are added without one of their own.
   */
  readonly moveTo?: string;
  /**
   * True hashes all pieces from the disk when the last piece has been written. Wrong pieces are downloaded again before
   * the torrent is reported complete. The coordinator's value holds for each torrent without one of its own. Default
   * false.
   */
  readonly checkAtCompletion?: boolean;
  /**
   * True lets everybody who may read a file run it, if the torrent marks the file as executable (BEP 47). It happens
   * when the torrent is complete, at a start too. Files of other users, files with other names (hard links) and files
   * that another program has made keep their mode. The coordinator's value holds for each torrent without one of its
   * own. Default false.
   */
  readonly executables?: boolean;
  /**
   * True makes the symbolic links of a torrent (BEP 47) when it is complete, at a start too. A link leads to a file or
   * folder of the torrent by a relative path, through no other link; a link that would lead elsewhere is an empty file,
   * as all links are by default. A link takes no name that exists, and nothing is written through it. The coordinator's
   * value holds for each torrent without one of its own. Default false.
   */
  readonly symlinks?: boolean;
  /**
   * Globs of files that are not wanted: the files get the priority 0 when the torrent is added, or when the files of a
   * magnet are known. `priorities` come first. `*` stands for any characters of a name, `?` for one, `[a-z]` and
   * `[!a-z]` for one of these or of the others, `{a,b}` for one of several texts, and the part `**` of a path for any
   * number of folders; none of them for a dot at the beginning of a name. A glob without `/` is matched against the
   * name of a file. A glob with `/` is matched against its path in the torrent, with and without the torrent's folder,
   * whatever `layout` and `renames` are. Case counts, except on macOS and Windows. The coordinator's value holds for
   * each torrent without one of its own.
   */
  readonly exclude?: readonly string[];
  /**
   * The folder around the files. `own`: as the torrent has it. `folder`: a single file gets a folder of its name
   * without the extension. `no-folder`: the files of a torrent lie directly in the data folder, and the engine never
   * writes to a file there that another torrent or program has made (`foreign-file`). A torrent that is on record for
   * its data folder keeps its layout. Default `own`.
   */
  readonly layout?: ContentLayout;
  /**
   * The suffix of each file until all its pieces are written, such as `.part` or `.!qB`. Then the file gets its name,
   * before the torrent is reported complete. A torrent that is on record for its data folder keeps its suffix. By
   * default files have no suffix.
   */
  readonly partSuffix?: string;
  /**
   * Connections of all torrents together, dials included, 2 to 100,000, divided by the torrents' bandwidth priorities.
   * With more torrents than connections, torrents take turns. By default 500, or as many as the largest `maxPeers` of a
   * torrent. Fewer if the process may not have so many sockets open.
   */
  readonly maxConnections?: number;
  /**
   * Dials of all torrents that are under way at a time (half-open connections), 1 to 200. By default 200, or half of
   * what the process may have open. A lowered bound ends no dial.
   */
  readonly maxDials?: number;
  /**
   * Encrypted connections to peers (Message Stream Encryption). `off`: none. `allow`: both kinds are accepted, and
   * peers are dialled plain, then encrypted where they close without a byte. `prefer`: both kinds are accepted, and
   * peers are dialled encrypted, then plain where they refuse or are silent for 3 s. `require`: nothing goes plain
   * either way, and the payload is encrypted by RC4; else only the handshake is, unless the peer wants RC4 alone. Web
   * seeds and trackers are as before. Default `allow`.
   */
  readonly encryption?: "off" | "allow" | "prefer" | "require";
  /**
   * The transport of connections to peers. `both`: both are accepted; peers are dialled over TCP, and 500 ms later over
   * uTP as well where TCP has not answered, at 30 peers a second. The first to connect is used. A peer that refuses TCP
   * is dialled over uTP the next time. `tcp`: TCP alone. `utp`: uTP alone (BEP 29), which leaves the line to other
   * programs. Open connections stay. Web seeds and trackers are as before. Beside `proxy`, uTP goes through a SOCKS
   * proxy that carries UDP, and `utp` is refused with an HTTP proxy. Default `both`.
   */
  readonly transport?: "both" | "tcp" | "utp";
  /**
   * Uploads over TCP beside those over uTP, which leaves a full line to others. `proportional`: while uploads over uTP
   * wait for the line, those over TCP have a limit, their part of all uploads by the number of peers, 50,000 bytes a
   * second at least. `prefer-tcp`: they have none, and take most of the line. Peers of local networks have no limit.
   * Default `proportional`.
   */
  readonly mixedMode?: "proportional" | "prefer-tcp";
  /**
   * Hosts that a program elsewhere may name although they lie in a local network or are this machine: those of
   * trackers, web seeds, peers and sources of torrents. Names and numeric addresses, 100 at most; a name that leads to
   * a listed address is listed too. A public name with a local address in the DNS stays refused, as for every torrent:
   * list and use its address. An empty list: none.
   */
  readonly localHosts?: readonly string[];
  /**
   * The port that trackers, peers and the DHT are told, 1 to 65,535, for a forwarded port. By default that of a router
   * which maps the listen port, else the listen port.
   */
  readonly announcePort?: number;
  /**
   * The numeric address that trackers are told, for peers that reach us by another one. Many trackers use the address
   * that they see instead.
   */
  readonly announceAddress?: string;
  /**
   * Families of addresses that are used: one, or both with the preferred one first. The engine opens no socket of a
   * family that is left out, and dials, asks and names no address of it. `bind` and `announceAddress` may have no
   * address of it. Default ipv4, ipv6.
   */
  readonly addressFamilies?: AddressFamilyName | readonly AddressFamilyName[];
  /**
   * Sends neither the name and version of this program nor an address of this machine (BEP 37): peer ids are random,
   * local discovery is off, and a router is asked by NAT-PMP alone. `peerIdPrefix` and `announceAddress` are refused
   * beside it. Some private trackers refuse anonymous clients. Default false.
   */
  readonly anonymous?: boolean;
  /**
   * A SOCKS 5 or HTTP proxy, `socks5://user:password@host:port` or `http://…`, through which every connection, datagram
   * and request goes. The proxy looks names up; this machine looks up that of the proxy alone. Nothing goes past it
   * where it cannot be reached or refuses. There are no incoming connections over TCP, no local discovery and no port
   * mapping, and no UDP (uTP, the DHT, UDP trackers) unless it is a SOCKS proxy that carries UDP; the warning
   * `proxy-limits` says so. User name and password are percent-encoded, and no log or event has them.
   */
  readonly proxy?: string;
  /**
   * Numeric addresses of name servers, 8 at most, each with a port or without (53): `192.0.2.53`, `192.0.2.53:5353`,
   * `2001:db8::53` or `[2001:db8::53]:5353`. They are asked in their order, over UDP, and over TCP where a reply is too
   * long. One of a family that `addressFamilies` leaves out is not asked, unless it is on this machine. A name of the
   * `hosts` file needs none. An empty list: the servers of the system. With `proxy` they are asked for the name of the
   * proxy alone.
   */
  readonly dns?: readonly string[];
  /**
   * The network interface, such as that of a VPN, that every socket and look-up is bound to: `wg0`. While it is absent
   * or down nothing leaves, and torrents wait with the reason `interface-down`; they go on when it is back, with
   * another address too. Families that it has no address of are off, and so are hosts on this machine, `localhost` and
   * the name server at 127.0.0.53 among them. On Linux 5.7 and newer, with the optional package koffi, the system binds
   * each socket to the device; elsewhere a guard watches the route twice a second and closes every socket when it
   * leaves the interface. The event `listening` says which holds. A port is mapped at the gateway of the interface, or
   * at the other end of a tunnel.
   */
  readonly interface?: string;
  /**
   * Refuses to start where the system cannot bind sockets to the device of `interface`, so that only the guard would
   * hold. Default false.
   */
  readonly interfaceStrict?: boolean;
  /**
   * The traffic that goes through `proxy`. `all`: everything. `trackers`: announces and scrapes alone, over HTTP and
   * UDP; all other traffic goes directly, and the restrictions of a proxy do not hold. Default `all`.
   */
  readonly proxyFor?: "all" | "trackers";
  /** Rate limits of all torrents together, and their schedule. By default none. */
  readonly limits?: EngineLimitOptions;
  /** Goals of complete torrents that have no such goal of their own or of their group. By default none. */
  readonly goals?: SeedGoalOptions;
  /**
   * The settings of groups by their names, 1,000 at most. A torrent is in the group that its `group` names. A setting
   * that the torrent does not set is decided by its group, else by the coordinator. The rate limits of all three hold.
   * By default no group has settings.
   */
  readonly groups?: Readonly<Record<string, GroupOptions>>;
  /**
   * Torrents that download at once, 0 to 100,000; further torrents have the state `queued`. A torrent below 2 kB/s for
   * 60 s does not count. By default there is no limit.
   */
  readonly maxActiveDownloads?: number;
  /** Torrents that seed at once, as `maxActiveDownloads`. */
  readonly maxActiveSeeds?: number;
  /**
   * False: the command `add`, which remotes use, adds a torrent stopped, unless its `start` or `state` says otherwise.
   * Calls of `add()` are not affected. Default true.
   */
  readonly startAdded?: boolean;
  /** Torrents of a disk whose found files are hashed at once, 1 to 256. By default 256. */
  readonly maxChecks?: number;
  /**
   * Peers of all torrents that get data at a time. `rate`: 20, at least 4 a torrent, and more as long as each further
   * peer is sent 2 kB/s more than the last. `all`: every interested peer. A number: 1 to 10,000, at least one a
   * torrent. Default `rate`.
   */
  readonly uploadSlots?: UploadSlots;
  /**
   * The first 8 characters of the peer ids of torrents, printable ASCII (BEP 20): two letters for the client and four
   * characters for its version between hyphens. By default `-TP0100-`.
   */
  readonly peerIdPrefix?: string;
  /** `inline` uses the caller's thread alone: for debugging and small jobs. Default `threads`. */
  readonly host?: "threads" | "inline";
  /**
   * Ends and hangs threads, for tests: `kill:peer-worker:1/s,hang:hash:0.1/s,seed:7`. Kinds: `engine`, `peer-worker`,
   * `hash`, `file`, `records`, `check`, `dht`.
   */
  readonly chaos?: string;
  /**
   * The files of threads in a bundled program (docs/embedding.md): a folder, or addresses by the names in
   * `workerFiles`. By default beside the library's code. Only with `host: "threads"`.
   */
  readonly workerUrls?: WorkerUrlsOption;
  /** Takes the log lines of all actors. */
  readonly log?: (entry: LogEntry) => void;
  /** Ends a `start` that is under way. */
  readonly signal?: AbortSignal;
}

/** Settings that a running coordinator changes. Absent settings stay; `null` gives a setting its default. */
export interface EngineChanges {
  /**
   * The data folder of torrents that name none: a path from the current folder at the start. A change holds for
   * torrents that are added later. Remotes name folders below the roots of the service. Default `.`.
   */
  readonly directory?: string | null;
  /** Connected peers name each other further peers of a torrent (BEP 11); never of a private torrent. Default true. */
  readonly peerExchange?: boolean | null;
  /** Trackers of every public torrent, behind its own. */
  readonly defaultTrackers?: readonly string[] | null;
  /**
   * Connections of a torrent, 1 to 10,000. The value of its group, else the coordinator's, holds for each torrent
   * without one of its own. Default 200.
   */
  readonly maxPeers?: number | null;
  /**
   * The folder of the data until the torrent is complete; then the torrent moves to `moveTo`, else to `directory`. A
   * torrent that an earlier run has begun there, or with the same final folder, stays in its folder. A torrent whose
   * files lie in the final folder already stays there, except with the layout `no-folder`. Only downloads use this
   * setting. The coordinator's value holds for each torrent without one of its own.
   */
  readonly incompleteDirectory?: string | null;
  /**
   * The folder that the torrent moves to when it is complete, as by `Torrent.move`; then the setting ends. A complete
   * torrent that runs moves when the setting is set. Until the move the engine never writes to a file that another
   * torrent or program has made (`foreign-file`). A torrent with an `incompleteDirectory` moves to this folder in place
   * of `directory`. A move that fails gives the warning `move-failed`, and the next start tries again. The
   * coordinator's value holds for torrents that are added without one of their own.
   */
  readonly moveTo?: string | null;
  /**
   * True hashes all pieces from the disk when the last piece has been written. Wrong pieces are downloaded again before
   * the torrent is reported complete. The coordinator's value holds for each torrent without one of its own. Default
   * false.
   */
  readonly checkAtCompletion?: boolean | null;
  /**
   * True lets everybody who may read a file run it, if the torrent marks the file as executable (BEP 47). It happens
   * when the torrent is complete, at a start too. Files of other users, files with other names (hard links) and files
   * that another program has made keep their mode. The coordinator's value holds for each torrent without one of its
   * own. Default false.
   */
  readonly executables?: boolean | null;
  /**
   * True makes the symbolic links of a torrent (BEP 47) when it is complete, at a start too. A link leads to a file or
   * folder of the torrent by a relative path, through no other link; a link that would lead elsewhere is an empty file,
   * as all links are by default. A link takes no name that exists, and nothing is written through it. The coordinator's
   * value holds for each torrent without one of its own. Default false.
   */
  readonly symlinks?: boolean | null;
  /**
   * Globs of files that are not wanted: the files get the priority 0 when the torrent is added, or when the files of a
   * magnet are known. `priorities` come first. `*` stands for any characters of a name, `?` for one, `[a-z]` and
   * `[!a-z]` for one of these or of the others, `{a,b}` for one of several texts, and the part `**` of a path for any
   * number of folders; none of them for a dot at the beginning of a name. A glob without `/` is matched against the
   * name of a file. A glob with `/` is matched against its path in the torrent, with and without the torrent's folder,
   * whatever `layout` and `renames` are. Case counts, except on macOS and Windows. The coordinator's value holds for
   * each torrent without one of its own.
   */
  readonly exclude?: readonly string[] | null;
  /**
   * Connections of all torrents together, dials included, 2 to 100,000, divided by the torrents' bandwidth priorities.
   * With more torrents than connections, torrents take turns. By default 500, or as many as the largest `maxPeers` of a
   * torrent. Fewer if the process may not have so many sockets open.
   */
  readonly maxConnections?: number | null;
  /**
   * Dials of all torrents that are under way at a time (half-open connections), 1 to 200. By default 200, or half of
   * what the process may have open. A lowered bound ends no dial.
   */
  readonly maxDials?: number | null;
  /**
   * Encrypted connections to peers (Message Stream Encryption). `off`: none. `allow`: both kinds are accepted, and
   * peers are dialled plain, then encrypted where they close without a byte. `prefer`: both kinds are accepted, and
   * peers are dialled encrypted, then plain where they refuse or are silent for 3 s. `require`: nothing goes plain
   * either way, and the payload is encrypted by RC4; else only the handshake is, unless the peer wants RC4 alone. Web
   * seeds and trackers are as before. Default `allow`.
   */
  readonly encryption?: "off" | "allow" | "prefer" | "require" | null;
  /**
   * The transport of connections to peers. `both`: both are accepted; peers are dialled over TCP, and 500 ms later over
   * uTP as well where TCP has not answered, at 30 peers a second. The first to connect is used. A peer that refuses TCP
   * is dialled over uTP the next time. `tcp`: TCP alone. `utp`: uTP alone (BEP 29), which leaves the line to other
   * programs. Open connections stay. Web seeds and trackers are as before. Beside `proxy`, uTP goes through a SOCKS
   * proxy that carries UDP, and `utp` is refused with an HTTP proxy. Default `both`.
   */
  readonly transport?: "both" | "tcp" | "utp" | null;
  /**
   * Uploads over TCP beside those over uTP, which leaves a full line to others. `proportional`: while uploads over uTP
   * wait for the line, those over TCP have a limit, their part of all uploads by the number of peers, 50,000 bytes a
   * second at least. `prefer-tcp`: they have none, and take most of the line. Peers of local networks have no limit.
   * Default `proportional`.
   */
  readonly mixedMode?: "proportional" | "prefer-tcp" | null;
  /**
   * The port that trackers, peers and the DHT are told, 1 to 65,535, for a forwarded port. By default that of a router
   * which maps the listen port, else the listen port.
   */
  readonly announcePort?: number | null;
  /**
   * The numeric address that trackers are told, for peers that reach us by another one. Many trackers use the address
   * that they see instead.
   */
  readonly announceAddress?: string | null;
  /** Rate limits of all torrents together, and their schedule. By default none. */
  readonly limits?: Changed<EngineLimitOptions> | null;
  /** Goals of complete torrents that have no such goal of their own or of their group. By default none. */
  readonly goals?: Changed<SeedGoalOptions> | null;
  /**
   * The settings of groups by their names, 1,000 at most. A torrent is in the group that its `group` names. A setting
   * that the torrent does not set is decided by its group, else by the coordinator. The rate limits of all three hold.
   * By default no group has settings.
   */
  readonly groups?: Readonly<Record<string, GroupOptions>> | null;
  /**
   * Torrents that download at once, 0 to 100,000; further torrents have the state `queued`. A torrent below 2 kB/s for
   * 60 s does not count. By default there is no limit.
   */
  readonly maxActiveDownloads?: number | null;
  /** Torrents that seed at once, as `maxActiveDownloads`. */
  readonly maxActiveSeeds?: number | null;
  /**
   * False: the command `add`, which remotes use, adds a torrent stopped, unless its `start` or `state` says otherwise.
   * Calls of `add()` are not affected. Default true.
   */
  readonly startAdded?: boolean | null;
}

/** Permissions of new files and folders of torrents. */
export interface FileAccessOptions {
  /**
   * The mode of new files, in octal digits: `0640`. Existing files keep their mode. By default `files.umask` decides.
   * None of these settings exists on Windows.
   */
  readonly mode?: string;
  /**
   * The mode of new folders: `0750`, or `2770`, by which new entries get the group of their folder. By default
   * `files.umask` decides.
   */
  readonly folderMode?: string;
  /**
   * The mode bits that new files and folders do not get, unless a setting gives their mode: `0027` gives `0640` and
   * `0750`. By default the mask of the process.
   */
  readonly umask?: string;
  /**
   * The group of new files and folders: a number, or a name in /etc/group. The system lets a user give files only to
   * the user's own groups.
   */
  readonly group?: number | string;
}

/** Settings of a group of torrents. */
export interface GroupOptions {
  /**
   * The data folder of torrents that are added into the group without a `directory` of their own. By default the
   * coordinator's.
   */
  readonly directory?: string;
  /** Rate limits of the group's torrents together. By default none. */
  readonly limits?: RateLimitOptions;
  /**
   * Peers that get data at a time from all torrents of the group together, 1 to 10,000; each torrent has at least one
   * slot. By default the group has no bound of its own.
   */
  readonly uploadSlots?: number;
  /**
   * Connections of a torrent, 1 to 10,000. The value of its group, else the coordinator's, holds for each torrent
   * without one of its own.
   */
  readonly maxPeers?: number;
  /**
   * The share of the torrent in what all torrents divide: bytes under the limits of the engine, connections, dials,
   * upload slots, memory. `high`, `normal` and `low` have shares of 4 : 2 : 1.
   */
  readonly bandwidthPriority?: BandwidthPriority;
  /** When complete torrents of the group stop by themselves. By default the coordinator's goals. */
  readonly goals?: SeedGoalOptions;
}

/** Rate limits of all torrents together. */
export interface EngineLimitOptions extends RateLimitOptions {
  /**
   * The rate limits hold for peers of local networks too: private and link-local addresses. Those of this machine are
   * always limited. Default false.
   */
  readonly localNetworks?: boolean;
  /** The bytes of protocol messages count under the rate limits, beside payload. Default true. */
  readonly protocol?: boolean;
  /**
   * Other limits for parts of the week, in local time, 100 at most. The first period that is under way replaces the
   * other limits.
   */
  readonly schedule?: readonly LimitPeriodOptions[];
}

/** Other limits for a part of the day, in local time. */
export interface LimitPeriodOptions extends RateLimitOptions {
  /** Days on which the period begins. By default every day. */
  readonly days?: readonly Weekday[];
  /** The beginning: `08:00`. */
  readonly from: string;
  /** The end: `18:00`. A time at or before `from` is on the next day. */
  readonly to: string;
}

/** A day of the week. */
export type Weekday = "sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat";

/** The limits of the queue that may change while a coordinator runs. An absent limit is none. */
export interface QueueLimitOptions {
  /**
   * Torrents that download at once, 0 to 100,000; further torrents have the state `queued`. A torrent below 2 kB/s for
   * 60 s does not count. By default there is no limit.
   */
  readonly maxActiveDownloads?: number;
  /** Torrents that seed at once, as `maxActiveDownloads`. */
  readonly maxActiveSeeds?: number;
}

/** Settings of the engine's DHT node. */
export interface DhtNodeOptions {
  /** Nodes that are asked first, 100 at most. By default those of earlier runs alone. */
  readonly nodes?: readonly DhtEndpoint[];
  /** Nodes that are asked when no other node is known, 100 at most; empty: none. By default public routers. */
  readonly routers?: readonly DhtEndpoint[];
  /**
   * Limits of the node. By default 100 queries a second, bursts of 200, 16 look-ups at once, 8,000 bytes of answers a
   * second.
   */
  readonly limits?: Partial<DhtLimits>;
}
