import { Type } from 'typebox';
import { Closed, Count, List, Nullable, ref, TimeSpan, Timestamp } from './shared.ts';

export const BaselineItem = Closed(
  {
    namespace: Type.String(),
    name: Type.String(),
    version: Type.String(),
    hash: Type.String({ description: 'SHA-256 of the content, lowercase hex.' }),
    model_version: Nullable(Type.String()),
    created_at: Timestamp,
    rows: Count,
    time_range: Nullable(TimeSpan),
    expires_at: Nullable(Timestamp, {
      description: 'Until when it is good; windows that end later are warned of.',
    }),
    expired: Type.Boolean({ description: 'Whether that is over by now.' }),
    source: Closed({ uri: Type.String(), sha256: Type.String(), bytes: Count }),
    summary: Type.Unknown({ description: 'Fields, their types, and warnings of the build.' }),
  },
  { $id: 'Baseline' },
);

export const BaselineList = Closed({ items: List(ref(BaselineItem)) }, { $id: 'BaselineList' });
