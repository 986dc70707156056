import type { OutgoingRecord } from '#libs/transport/port.ts';

const encoder = new TextEncoder();

/** A probe of Plumbline's own: an event far from all others that may count nowhere. */
export function syntheticRecord(
  given: Pick<OutgoingRecord, 'partition' | 'timestamp'>,
): OutgoingRecord {
  return {
    ...given,
    value: encoder.encode('{"ts": 4102444800000, "amount": 1e6, "country": "nowhere"}'),
    headers: { baggage: encoder.encode('userId=a, synthetic=true;ttl=3') },
  };
}
