import type { Static } from 'typebox';
import { CATALOGUE } from '#libs/errors/catalogue.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Problem } from './schemas/problem.ts';

export type ProblemDocument = Static<typeof Problem>;

export const PROBLEM_TYPE = 'application/problem+json';

/** The error as the API answers it: coded ones with what they say, all others without details. */
export function toProblem(error: unknown, requestId: string): ProblemDocument {
  const coded = toCoded(error);
  return {
    type: `urn:plumbline:error:${coded.code}`,
    title: CATALOGUE[coded.code].summary,
    status: coded.status,
    detail: coded.message,
    code: coded.code,
    retry: coded.retry,
    ...coded.detail,
    ...(coded.status >= 500 ? { request_id: requestId } : {}),
  };
}

function toCoded(error: unknown): PlumblineError {
  if (error instanceof PlumblineError) return error;
  // The web framework's own refusals (a broken address, a body too large) carry a 4xx.
  if (error instanceof Error && 'statusCode' in error && isClientError(error.statusCode)) {
    return new PlumblineError('PLB_REQUEST_INVALID', error.message, { cause: error });
  }
  return new PlumblineError(
    'PLB_INTERNAL',
    'Cannot answer this request because of a defect in Plumbline.',
    { cause: error, fix: 'Look for the request_id in the log, and report what it says.' },
  );
}

function isClientError(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 500;
}
