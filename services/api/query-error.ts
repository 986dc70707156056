import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import { formatSuggestion, suggest } from '#libs/config/suggest.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';

/** What Ajv adds to an error in its verbose mode. */
interface VerboseError extends FastifySchemaValidationError {
  readonly data?: unknown;
  readonly parentSchema?: {
    readonly description?: string;
    readonly properties?: Readonly<Record<string, unknown>>;
  };
}

/** A refused query parameter as a coded error that names it, what it must be and what it was. */
export function queryError(errors: readonly FastifySchemaValidationError[]): PlumblineError {
  const error = errors[0] as VerboseError | undefined;
  if (error?.keyword === 'additionalProperties') return unknownParameter(error);
  const path = error?.instancePath.slice(1) || 'query';
  return new PlumblineError(
    'PLB_QUERY_INVALID',
    `Cannot read the query: ${path} ${demand(error)}, got ${JSON.stringify(error?.data ?? null)}.`,
    { path, ...nearestValue(error) },
  );
}

function unknownParameter(error: VerboseError): PlumblineError {
  const name = String(error.params.additionalProperty);
  const valid = Object.keys(error.parentSchema?.properties ?? {});
  const near = suggest(name, valid);
  return new PlumblineError(
    'PLB_QUERY_INVALID',
    `Cannot read the query: a parameter must be one of ${valid.join(', ') || 'none'}, got ${JSON.stringify(name)}.`,
    {
      path: name,
      fix: near === undefined ? 'Leave the parameter out.' : sentence(formatSuggestion(near)),
    },
  );
}

function demand(error: VerboseError | undefined): string {
  if (error?.keyword === 'enum') return `must be one of ${allowed(error).join(', ')}`;
  return error?.message ?? 'must follow its schema';
}

function nearestValue(error: VerboseError | undefined): { fix?: string } {
  if (error?.keyword !== 'enum' || typeof error.data !== 'string') return {};
  const near = suggest(error.data, allowed(error));
  return near === undefined ? {} : { fix: sentence(formatSuggestion(near)) };
}

function allowed(error: VerboseError): string[] {
  const values = error.params.allowedValues;
  return Array.isArray(values) ? values.map(String) : [];
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
