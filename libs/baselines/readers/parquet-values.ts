import type { ParquetParsers, SchemaTree } from 'hyparquet';

/** Times keep their type as `Date`; the remainder below a millisecond is dropped downwards. */
export const TIME_PARSERS: Pick<
  ParquetParsers,
  'timestampFromMicroseconds' | 'timestampFromNanoseconds'
> = {
  timestampFromMicroseconds: (micros) => new Date(Number(floorDivide(micros, 1000n))),
  timestampFromNanoseconds: (nanos) => new Date(Number(floorDivide(nanos, 1_000_000n))),
};

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value < 0n && quotient * divisor !== value ? quotient - 1n : quotient;
}

type Convert = (cell: unknown) => unknown;

/**
 * How a column's decoded cells become what JSON would have held: 64-bit integers and decimals as
 * numbers. `null` where nothing has to be done.
 */
export function compileConversion(column: SchemaTree): Convert | null {
  if (column.children.length > 0) return compileNested(column);
  const { type, converted_type: converted, logical_type: logical, scale } = column.element;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    // The decoder multiplies by 10^-scale, which is not always the nearest double (3 × 0.1); the
    // integer is still recovered exactly, and dividing it rounds once, as a JSON parser does.
    const factor = 10 ** (scale ?? 0);
    return (cell) => (typeof cell === 'number' ? Math.round(cell * factor) / factor : cell);
  }
  return type === 'INT64' ? toNumber : null;
}

function toNumber(cell: unknown): unknown {
  return typeof cell === 'bigint' ? Number(cell) : cell;
}

function compileNested(column: SchemaTree): Convert {
  if (column.element.converted_type === 'LIST' || column.element.logical_type?.type === 'LIST') {
    const [repeated] = column.children;
    const element = repeated?.children.length === 1 ? repeated.children[0] : repeated;
    const convert = element === undefined ? null : compileConversion(element);
    return (cell) => {
      if (convert === null || !Array.isArray(cell)) return convertDeep(cell);
      return cell.map((item) => (item === null || item === undefined ? null : convert(item)));
    };
  }
  const members = new Map(
    column.children.map((child) => [child.element.name, compileConversion(child)]),
  );
  return (cell) => {
    if (typeof cell !== 'object' || cell === null || Array.isArray(cell)) return convertDeep(cell);
    return Object.fromEntries(
      Object.entries(cell).map(([name, value]) => {
        const convert = members.get(name);
        if (convert === undefined) return [name, convertDeep(value)];
        return [name, convert === null ? value : convert(value)];
      }),
    );
  };
}

/** For shapes without a conversion of their own (maps, lists of lists): only 64-bit integers. */
function convertDeep(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(convertDeep);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, convertDeep(item)]));
}
