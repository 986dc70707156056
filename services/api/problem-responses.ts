import { CATALOGUE } from '#libs/errors/catalogue.ts';
import { PROBLEM_TYPE } from './problem.ts';
import { Problem } from './schemas/problem.ts';
import { ref } from './schemas/shared.ts';

interface ProblemResponse {
  readonly description: string;
  readonly content: { readonly [PROBLEM_TYPE]: { readonly schema: ReturnType<typeof problemRef> } };
}

const problemRef = () => ref(Problem);

/** Error answers of a route for its schema: the given ones, and those that any route may give. */
export function problemResponses<S extends number>(
  ...statuses: readonly S[]
): Record<S | 421 | 500 | 503, ProblemResponse> {
  const entries = [...statuses, 421, 500, 503].map((status) => [
    status,
    {
      description: codesWith(status).join(', ') || 'An error.',
      content: { [PROBLEM_TYPE]: { schema: problemRef() } },
    },
  ]);
  return Object.fromEntries(entries);
}

function codesWith(status: number): string[] {
  return Object.entries(CATALOGUE)
    .filter(([, entry]) => entry.status === status)
    .map(([code]) => code);
}
