/**
 * ln Σ eˣ without overflow; −∞ for nothing and for nothing but zeros. The sum is taken in the order
 * given: another order may end in another last digit.
 */
export function logSumExp(logarithms: readonly number[]): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const one of logarithms) if (one > most) most = one;
  if (!Number.isFinite(most)) return most;
  let sum = 0;
  for (const one of logarithms) sum += Math.exp(one - most);
  return most + Math.log(sum);
}

/** ln(1 + eˣ); 0 at −∞. */
export function softplus(value: number): number {
  return Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
}
