// Every bound of a peer-worker in one place; docs/limits.md tells what happens at each.

/** What we call ourselves in the extension handshake (BEP 10, `v`). */
export const clientName = "Troupe 0.1.0";

/** What we tell peers as `reqq` (BEP 10): how many requests we like to have waiting. Some peers send far more. */
export const advertisedRequestQueue = 500;
/** Requests of one peer that wait here. With so many the connection is not read until half are served, or is closed. */
export const maxRequestsIn = 16_384;
/** With this many waiting we ask the peer for nothing: its answers would be behind requests that are not read. */
export const maxRequestsInWhileAsking = 12_288;
/** Requests that one peer may owe us, also when it says that it takes more. */
export const maxRequestsOut = 500;
/** Requests kept with a peer of any speed, so that its next block never waits for us. */
export const minRequestsOut = 4;
/** Peers that are remembered for having asked for more than that while they owed us blocks. */
export const maxGreedyPeers = 1_024;
/** Such a peer has this long after its unchoke to ask, before we do. */
export const greedyFirstMs = 5_000;

/** From the first to the last byte of a handshake, absolute: a byte now and then does not prolong it. */
export const handshakeDeadlineMs = 10_000;
/** Dials that wait for one of the half-open places. */
export const maxWaitingDials = 4_096;
/** Unknown info-hashes from one internet address in a minute; then its connections are closed unread. */
export const maxProbesPerMinute = 4;
/** Connections of one internet address that were closed for a fault, in a minute; then the same. */
export const maxFaultsPerMinute = 2;
/** Connections from one internet address in a minute, however they end; then the same. */
export const maxAcceptsPerMinute = 60;

/**
 * Silence of ours after which a keep-alive goes out. Two minutes is the custom, and libtorrent closes a
 * connection that was silent for exactly that long, so it has to be less.
 */
export const keepAliveAfterMs = 100_000;
/** Silence of the peer after which it is taken for gone: two minutes and some delay on the way. */
export const idleCloseMs = 150_000;
/** A message under way for this long must have come at {@link minFrameBytesPerSecond}. */
export const frameDeadlineMs = 30_000;
/** The slowest that a message may come, measured over {@link frameDeadlineMs} or longer. */
export const minFrameBytesPerSecond = 1_024;
/** A block whose first bytes came this long ago is asked of somebody else. */
export const blockDeadlineMs = 20_000;
/** A peer that takes none of the bytes queued for it is closed after this. */
export const notReadingCloseMs = 120_000;
/** With memory for uploads full, the peer that has taken nothing of it for the longest, and this long, is closed. */
export const slowReaderMs = 10_000;

/** The least time that a peer may take for the request it should answer next. */
export const minRequestTimeoutMs = 10_000;
/** The most patience with any peer. */
export const maxRequestTimeoutMs = 60_000;
/** The same for a peer that has not delivered anything yet. */
export const firstRequestTimeoutMs = 20_000;
/** How long a block that was asked for may come late and still be no offence. */
export const lateBlockMs = 120_000;
/** Late blocks remembered for each peer. */
export const maxLateBlocks = 1_024;
/** In the endgame a block is asked for twice when it can come this much sooner. */
export const minDoublingGainMs = 2_000;
/** The same for a peer that has given nothing, while there is one that has: some take requests and answer none. */
export const unprovenDoublingGainMs = 5_000;
/** Answers to a peer that chokes and unchokes again and again: at most one in this time. */
export const unchokeAnswerMs = 100;

/** Payload bytes of one read and one write for a peer that asks in order; it starts with one block. */
export const maxBatchBlocks = 32;
/** Batches of one peer that are being read or sent: one on its way while the next is read. */
export const maxBatchesOut = 2;
/** Reads under way at the file-worker for all peers of this worker. */
export const maxReadsOut = 128;
/** The file-worker is given up for one read after this. Its own watchdog speaks up at half of it. */
export const readDeadlineMs = 60_000;
/** `admit` calls under way. */
export const maxAdmitsOut = 64;
/** An `admit` call without answer is given up after this, and the connection with it. */
export const admitDeadlineMs = 5_000;

/** Requests that no honest client sends (no such block, too long, a piece that we lack). */
export const maxBadRequests = 10;
/** Requests while choked, after {@link chokedGraceMs}. */
export const maxChokedRequests = 300;
/** Requests that crossed our choke on the way are no offence. */
export const chokedGraceMs = 2_000;
/** The same when the peer was choked while its connection was not read: all that it had sent is read only then. */
export const chokedUnreadGraceMs = 60_000;
/** Requests that crossed one choke; with more the connection is closed, without blame. */
export const maxCrossedRequests: number = 4 * maxRequestsIn;
/** Cancels for what is not queued, in {@link offenceWindowMs}: some cross the block, or our choke, on the way. */
export const maxEmptyCancels: number = 2 * maxRequestsIn;
/** Cancels of any kind, in {@link offenceWindowMs}. */
export const maxCancels: number = 4 * maxRequestsIn;
/**
 * Messages that ask for nothing and tell nothing new (keep-alives, flapping, ports, unknown ones), in
 * {@link offenceWindowMs}. An honest peer sends some ten; this many cost us less than a millisecond.
 */
export const maxIdleMessages = 10_000;
/** `have` for pieces that the peer has said it has, in {@link offenceWindowMs}. */
export const maxRepeatedHaves = 10_000;
/** Bitfields, in {@link offenceWindowMs}: aria2 sends one whenever it is shorter than the `have`s that it stands for. */
export const maxBitfields = 600;
/** Payload that was never asked of the peer. */
export const maxUnrequestedBytes: number = 64 * 1_024;
/** What a block that was never asked for counts at least: looking it up costs more than its bytes. */
export const minUnrequestedBytes = 1_024;
/** Payload of messages that we do not know, in {@link offenceWindowMs}. */
export const maxUnknownBytes: number = 1_024 * 1_024;
/** What is counted by the minute starts anew after this. */
export const offenceWindowMs = 60_000;
/** One extended message, ids included: we offer no extension, so only the handshake is ever read. */
export const maxExtendedBytes: number = 32 * 1_024;
/** Time between two extension handshakes of one peer that are read. */
export const extendedHandshakeEveryMs = 10_000;
/** Bytes of small messages queued for one peer, besides blocks. */
export const maxControlQueueBytes: number = 2 * 1_024 * 1_024;

/** With no memory left and no block gained for this long, the least complete piece is given up. */
export const memoryStallMs = 20_000;
/** Pieces asked for while nothing is known of the rate. */
export const firstPiecesWanted = 8;
/** How long a peer has had nothing for us when it is told that we are not interested. */
export const notInterestedAfterMs = 2_000;
/** How long a peer for whom the coordinator had nothing is left alone. */
export const noLeasePauseMs = 2_000;
/** A torrent without an open piece that has waited this long for memory makes others give way. */
export const memoryPatienceMs = 5_000;
/** After this time in the queue an area of memory is reserved for the first torrent in it. */
export const reserveAfterMs = 1_000;
/** A torrent that has got no block for this long gives up a piece, when others wait for memory. */
export const stallPatienceMs = 5_000;
/** That time doubles each time that a torrent gives up a piece so, up to this. */
export const maxStallPatienceMs = 60_000;
/** A peer that is merely slow is waited for: so many times the mean time between blocks of a piece. */
export const stallBlockTimes = 2;
/** A torrent that got no block at all in that time goes behind the others for so many times as long. */
export const barrenFactor = 12;
/**
 * How long a half-filled piece waits for a peer that has it, when the last one has left: the coordinator dials an
 * address again after 30 s, and the dial and its handshake may take 25 s.
 */
export const strandedMs = 60_000;
