import type { Profile } from './counts.ts';
import { decodeProfile } from './decode-profile.ts';
import { encodeProfile } from './encode-profile.ts';
import { openEnvelope, sealEnvelope } from './envelope.ts';
import type { ProfileLayout } from './layout.ts';

/** Writes the counts of one pane for the store. */
export function encodePane(layout: ProfileLayout, profile: Profile): Uint8Array {
  return sealEnvelope('pane', layout, (writer) => encodeProfile(writer, profile));
}

/** Reads them back. @throws PLB_WIRE_MALFORMED, PLB_WIRE_VERSION, PLB_WIRE_MISMATCH */
export function decodePane(layout: ProfileLayout, bytes: Uint8Array): Profile {
  return openEnvelope(bytes, { kind: 'pane', ...layout }, (reader) =>
    decodeProfile(reader, layout),
  );
}

/** Start of the pane that holds an event time; panes are aligned to 1970 UTC. */
export function paneStart(time: number, paneMs: number): number {
  return Math.floor(time / paneMs) * paneMs;
}
