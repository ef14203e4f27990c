/**
 * Jain's index of fairness: 1 when all rates are equal, 1 ÷ n when one of n has everything, and 1 for no rates at all.
 */
export function jainIndex(rates: readonly number[]): number {
  const sum = rates.reduce((total, rate) => total + rate, 0);
  const squares = rates.reduce((total, rate) => total + rate * rate, 0);
  return squares === 0 ? 1 : (sum * sum) / (rates.length * squares);
}
