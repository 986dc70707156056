import { isMap, toSchemaNode } from '../describe.ts';
import type { Finding } from '../finding.ts';
import { DocumentSchema } from '../schemas/document.ts';
import { validate } from '../validate.ts';
import { checkBaselines } from './check-baselines.ts';
import { checkChannels } from './check-channels.ts';
import { checkMonitors } from './check-monitors.ts';
import { checkStreams } from './check-streams.ts';
import { checkTransport } from './check-transport.ts';

/** Every problem of a whole document: shape first, then what its parts demand of each other. */
export function checkDocument(value: unknown): readonly Finding[] {
  const findings = [...validate(toSchemaNode(DocumentSchema), value)];
  if (!isMap(value)) return findings;
  const report = (finding: Finding) => findings.push(finding);
  for (const check of [
    checkTransport,
    checkStreams,
    checkBaselines,
    checkMonitors,
    checkChannels,
  ]) {
    check(value, report);
  }
  return findings;
}
