import { toContinuedFraction } from './continued-fraction.ts';
import { lnBeta } from './ln-beta.ts';

export type LnIncompleteBeta = {
  /** ln I_x(a, b): a Beta(a, b) variable stays at or below x. */
  readonly below: number;
  /** ln (1 − I_x(a, b)): it exceeds x. */
  readonly above: number;
};

/** Both sides of the regularised incomplete beta function, in logarithms. */
export function lnIncompleteBeta(at: number, first: number, second: number): LnIncompleteBeta {
  if (!(at > 0 && at < 1)) throw new RangeError(`no incomplete beta function at ${at}`);
  // The fraction converges fast on the side of the mean that x lies on, so that side is computed.
  if (at < (first + 1) / (first + second + 2)) {
    const below = toSide(at, first, second);
    return { below, above: lnComplement(below) };
  }
  const above = toSide(1 - at, second, first);
  return { below: lnComplement(above), above };
}

function lnComplement(lnShare: number): number {
  return Math.log1p(-Math.exp(lnShare));
}

function toSide(at: number, first: number, second: number): number {
  const lnFront = first * Math.log(at) + second * Math.log1p(-at) - lnBeta(first, second);
  const fraction = toContinuedFraction((step) => ({
    numerator: step === 1 ? 1 : toNumerator(step - 1, at, first, second),
    denominator: 1,
  }));
  return lnFront + Math.log(fraction) - Math.log(first);
}

/** Handbook of Mathematical Functions 26.5.8. */
function toNumerator(step: number, at: number, first: number, second: number): number {
  const half = Math.floor(step / 2);
  const around = (first + step) * (first + step - 1);
  if (step % 2 === 0) return (half * (second - half) * at) / around;
  return (-(first + half) * (first + second + half) * at) / around;
}
