import { crc32 } from 'node:zlib';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { ByteReader, malformed } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { SegmentLayout } from './layout.ts';

/** "PLB", then the kind, then the format version. */
const MAGIC = [0x50, 0x4c, 0x42] as const;

export type EnvelopeKind = 'block' | 'pane' | 'lost';
interface Format {
  readonly code: number;
  /** The version that is written, and the one where the profile has segments. */
  readonly version: number;
  readonly segmented: number;
  /** All that are read. */
  readonly versions: readonly number[];
}

const KINDS: Record<EnvelopeKind, Format> = {
  block: { code: 1, version: 2, segmented: 3, versions: [1, 2, 3] },
  pane: { code: 2, version: 1, segmented: 2, versions: [1, 2] },
  lost: { code: 3, version: 1, segmented: 1, versions: [1] },
};

/** What every stored or sent profile begins with, so that no reader adds up what does not match. */
export interface EnvelopeIdentity {
  readonly baselineHash: string;
  readonly gridHash: string;
  /** Absent where the profile has no segments: it is then written as before there were any. */
  readonly segments?: SegmentLayout;
}

/** Writes magic, kind, version and identity, then the content, then a CRC-32 over all of it. */
export function sealEnvelope(
  kind: EnvelopeKind,
  identity: EnvelopeIdentity,
  content: (writer: ByteWriter) => void,
): Uint8Array {
  const writer = new ByteWriter();
  for (const byte of MAGIC) writer.byte(byte);
  const { code, version, segmented } = KINDS[kind];
  writer.byte(code);
  writer.varint(identity.segments === undefined ? version : segmented);
  writer.raw(Buffer.from(identity.baselineHash, 'hex'));
  writer.raw(Buffer.from(identity.gridHash, 'hex'));
  content(writer);
  writer.uint32(crc32(writer.view()));
  return writer.finish();
}

/** What an envelope says that it holds, before anything of it is checked. */
export function envelopeKind(bytes: Uint8Array): EnvelopeKind | undefined {
  for (const kind of ['block', 'pane', 'lost'] as const) {
    if (KINDS[kind].code === bytes[MAGIC.length]) return kind;
  }
  return undefined;
}

/**
 * Checks an envelope and reads its content to the last byte.
 *
 * @throws PLB_WIRE_MALFORMED for damage, PLB_WIRE_VERSION for a format this release does not know,
 * PLB_WIRE_MISMATCH when the counts belong to another baseline or grid.
 */
export function openEnvelope<T>(
  bytes: Uint8Array,
  expected: { kind: EnvelopeKind } & EnvelopeIdentity,
  content: (reader: ByteReader, version: number) => T,
): T {
  const reader = new ByteReader(bytes);
  for (const byte of MAGIC) if (reader.byte() !== byte) throw malformed(0, 'it is not a profile');
  const kind = reader.byte();
  const version = reader.varint();
  const known = Object.values(KINDS).find(({ code }) => code === kind)?.versions;
  if (known !== undefined && !known.includes(version)) {
    throw new PlumblineError(
      'PLB_WIRE_VERSION',
      `Cannot read a profile of format version ${version}: this release knows ${known.join(', ')}`,
      { fix: 'run the release that wrote it, or a newer one' },
    );
  }
  if (crc32(bytes.subarray(0, -4)) !== new ByteReader(bytes.subarray(-4)).uint32()) {
    throw malformed(bytes.length, 'the checksum does not fit');
  }
  if (kind !== KINDS[expected.kind].code) throw malformed(3, `it is not a ${expected.kind}`);
  for (const name of ['baselineHash', 'gridHash'] as const) {
    const found = Buffer.from(reader.raw(32)).toString('hex');
    if (found !== expected[name]) {
      throw new PlumblineError(
        'PLB_WIRE_MISMATCH',
        `Cannot use a ${expected.kind}: its ${name} is ${found.slice(0, 12)}…, expected ${expected[name].slice(0, 12)}…`,
      );
    }
  }
  const body = new ByteReader(bytes.subarray(reader.position, -4));
  const result = content(body, version);
  if (body.remaining !== 0) throw malformed(body.position, `${body.remaining} bytes are left over`);
  return result;
}
