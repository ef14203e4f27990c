// A cheap draw: the same number for the same input on every machine.

/** @returns 32 well-mixed bits of an integer (the finaliser of MurmurHash3). */
export function mixBits(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** @returns Whether a draw of 32 bits falls into a share, 0 to 1. */
export function isWithin(bits: number, share: number): boolean {
  return bits < share * 0x1_0000_0000;
}
