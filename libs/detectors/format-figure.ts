const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count with thousands grouped: 41,802. */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** A value in a field's unit: three significant digits below 1,000, whole numbers above. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size >= 1e15 || size < 1e-4) return String(Number(value.toPrecision(3)));
  if (size >= 999.5) return minus(grouped.format(value));
  return minus(String(Number(value.toPrecision(3))));
}

/** Two values of one field, with as many digits as it takes to tell them apart. */
export function formatValues(first: number, second: number): [string, string] {
  for (let digits = 3; digits <= 9; digits++) {
    const pair: [string, string] =
      digits === 3
        ? [formatValue(first), formatValue(second)]
        : [String(Number(first.toPrecision(digits))), String(Number(second.toPrecision(digits)))];
    if (first === second || pair[0] !== pair[1]) return [minus(pair[0]), minus(pair[1])];
  }
  return [formatValue(first), formatValue(second)];
}

/** A statistic or its limit: two decimals, more where it is small, fewer where it is large. */
export function formatStatistic(value: number): string {
  if (value === 0) return '0';
  if (value >= 1000) return formatCount(value);
  if (value >= 99.95) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1);
  if (value >= 0.0095) return value.toFixed(2);
  if (value < 0.0005) return '<0.001';
  return String(Number(value.toPrecision(1)));
}

/** A statistic beside its limit, with as many decimals as it takes to tell them apart. */
export function formatBeside(value: number, limit: number): [value: string, limit: string] {
  for (let decimals = 3; decimals <= 6; decimals++) {
    const pair: [string, string] =
      decimals === 3
        ? [formatStatistic(value), formatStatistic(limit)]
        : [value.toFixed(decimals - 1), limit.toFixed(decimals - 1)];
    if (value === limit || pair[0] !== pair[1]) return pair;
  }
  return [formatStatistic(value), formatStatistic(limit)];
}

/** A share in percent; only 0 reads "0%" and only 1 reads "100%". */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (share === 0 || share === 1) return `${percent}%`;
  if (percent < 0.001) return '<0.001%';
  if (percent > 99.999) return '>99.999%';
  if (percent >= 99.5 || percent < 0.95) {
    // Two digits of the distance to the nearer end.
    const distance = Math.min(percent, 100 - percent);
    const decimals = Math.min(3, Math.max(1, 1 - Math.floor(Math.log10(distance))));
    return `${Number(percent.toFixed(decimals))}%`;
  }
  return `${Number(percent.toFixed(percent < 9.95 ? 1 : 0))}%`;
}

/** Two shares with enough decimals to tell them apart: "12% → 18%"; equal ones once. */
export function formatChange(before: number, after: number): string {
  if (before === after) return formatShare(before);
  const pair = [formatShare(before), formatShare(after)];
  for (let decimals = 1; decimals <= 4 && pair[0] === pair[1]; decimals++) {
    pair[0] = `${Number((before * 100).toFixed(decimals))}%`;
    pair[1] = `${Number((after * 100).toFixed(decimals))}%`;
  }
  return `${pair[0]} → ${pair[1]}`;
}

/** A p-value: "p = 0.03", "p < 1e-16". */
export function formatPValue(p: number): string {
  if (p < 1e-16) return 'p < 1e-16';
  return `p = ${Number(p.toPrecision(2))}`;
}

function minus(text: string): string {
  return text.startsWith('-') ? `−${text.slice(1)}` : text;
}
