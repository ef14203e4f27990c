/** @returns The greatest prime number that is at most `limit`; 2 for a smaller limit. */
export function primeAtMost(limit: number): number {
  for (let number = Math.floor(limit); number > 2; number--) if (isPrime(number)) return number;
  return 2;
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++)
    if (number % divisor === 0) return false;
  return number > 1;
}
