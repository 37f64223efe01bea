/**
 * The exact sum of non-negative numbers as they are written in decimal, so that 33.3, 33.3 and
 * 33.4 make 100, which binary fractions do not promise.
 */
export function addDecimals(numbers: readonly number[]): string {
  const parsed = numbers.map(parseDecimal);
  const places = Math.max(0, ...parsed.map((decimal) => decimal.places));
  const sum = parsed.reduce(
    (total, { digits, places: own }) => total + digits * 10n ** BigInt(places - own),
    0n,
  );
  if (places === 0) return String(sum);
  const text = String(sum).padStart(places + 1, '0');
  const fraction = text.slice(-places).replace(/0+$/, '');
  return fraction === '' ? text.slice(0, -places) : `${text.slice(0, -places)}.${fraction}`;
}

/** A number is written as `12.5`, or as `1e-7` when it is very small. */
function parseDecimal(value: number): { readonly digits: bigint; readonly places: number } {
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return places >= 0 ? { digits, places } : { digits: digits * 10n ** BigInt(-places), places: 0 };
}
