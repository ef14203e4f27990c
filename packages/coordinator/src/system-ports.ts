/** Ports of a system's own services: in a local network no magnet link makes us dial them. */
export const lastSystemPort = 1_023;
