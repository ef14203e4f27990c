// Bounds of uTP.

/** Times of one connection, in milliseconds. */

/** A packet that arrived alone is acknowledged after so long; a second packet, or bytes to send, come first. */
export const ackDelayMs = 20;
/** Retransmission time-out before the first round trip (RFC 6298, section 2). */
export const firstTimeoutMs = 1_000;
/** Least retransmission time-out: BEP 29. */
export const leastTimeoutMs = 500;
/** Most, however often it doubled. */
export const mostTimeoutMs = 15_000;
/** A closed stream that cannot send its queue, or waits for the other end, is given up, as streams of TCP are. */
export const lingerMs = 10_000;
/** A connection that ended answers repeated packets of the other side for so long. */
export const answerAfterEndMs = 2_000;

/** Time-outs in a row without an acknowledged packet after which the other side is dead: each packet is sent four times. */
export const mostTimeouts = 4;
/** Sends of a packet larger than {@link safePacketBytes}, after which it counts as too large if smaller ones pass. */
export const mostLargeSends = 4;
/** Sends of a SYN. */
export const mostSynSends = 3;
/** A packet is lost when so many packets that were sent after it are acknowledged. */
export const reorderedPackets = 3;

/** Bytes of a datagram that every network carries: the least MTU of IPv6 without its headers. */
export const safePacketBytes = 1_232;
/** Most bytes of a datagram over IPv4 in an MTU of 1,500. */
export const mostPacketBytes4 = 1_472;
/** Most bytes of a datagram over IPv6 in an MTU of 1,500. */
export const mostPacketBytes6 = 1_452;
/** Least bytes of a datagram that a caller may ask for. */
export const leastPacketBytes = 548;

/** Packets sent and not acknowledged in order, and packets received early: further ones wait, or are dropped. */
export const mostPackets = 4_096;
/** Congestion window at the beginning. */
export const firstWindowPackets = 4;
/** Growth of the congestion window in a round trip without delay (RFC 6817 with the gain of other clients). */
export const growthBytes = 3_000;
/** Most bytes of a window: 100 Mbit/s over 200 ms and the target delay need 3.75 MB. */
export const mostWindowBytes = 4 * 1024 * 1024;
/** Least window that we tell the other side, in bytes. */
export const leastWindowBytes = 16 * 1024;
/** Memory for packets that wait for an earlier packet or for `resume`, of all connections. */
export const defaultBudgetBytes = 16 * 1024 * 1024;
/** Unsent bytes below which a write returns true. */
export const littleQueuedBytes = 64 * 1024;

/** Queueing delay that a transfer aims at: BEP 29. */
export const defaultTargetMs = 100;

/** Connections of a table. Dials fail beyond, incoming ones are refused. */
export const mostConnections = 4_096;
/** Connections whose dialer has not proved its address; the oldest gives way, and opens by its cookie. */
export const mostUnproved = 256;
/** Unproved connections from which on our first sequence number is a cookie, which needs no memory. */
export const unprovedBeforeCookies = 128;
/** A key of cookies is used for so long; its cookies count for as long again. */
export const cookieKeyMs = 30_000;
/** Resets to unknown senders in a second; further datagrams get no answer. */
export const mostResetsPerSecond = 200;
/** Hosts that take no large packets, remembered; the oldest is forgotten. */
export const mostSmallHosts = 1_024;
