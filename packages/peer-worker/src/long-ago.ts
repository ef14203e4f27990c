/**
 * Before all times of a worker. A small integer takes no memory of its own in the objects of a connection, as `-Infinity`
 * does.
 */
export const longAgoMs: number = -(2 ** 30);
