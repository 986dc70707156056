import { Type } from 'typebox';
import { CATALOGUE, type ErrorCode } from '#libs/errors/catalogue.ts';
import { Closed, List, Nullable, OneOf } from './shared.ts';

const CODES = Object.keys(CATALOGUE) as ErrorCode[];

export const CheckResult = Closed(
  {
    name: Type.String({ description: 'What was looked at.' }),
    ok: Type.Boolean(),
    reason: Nullable(Type.String(), { description: 'Why it is not well; null when it is.' }),
  },
  { $id: 'Check' },
);

/** Every error answer: RFC 9457 with the catalogue's code. */
export const Problem = Closed(
  {
    type: Type.String({ description: 'Identifies the kind of problem.' }),
    title: Type.String({ description: 'What the code means; the same for every occurrence.' }),
    status: Type.Integer({ description: 'The HTTP status.' }),
    detail: Type.String({ description: 'What happened this time.' }),
    code: OneOf(CODES, { description: 'See docs/errors.md.' }),
    retry: Type.Boolean({ description: 'Whether the same request may succeed later.' }),
    path: Type.Optional(Type.String({ description: 'The parameter or the place in a document.' })),
    fix: Type.Optional(Type.String({ description: 'What the reader can do.' })),
    request_id: Type.Optional(Type.String({ description: 'Finds the details in the log.' })),
    checks: Type.Optional(List(CheckResult, { description: 'Only of `/readyz`.' })),
  },
  { $id: 'Problem', description: 'An error, as application/problem+json (RFC 9457).' },
);
