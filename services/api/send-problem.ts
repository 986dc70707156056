import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_TYPE, type ProblemDocument, toProblem } from './problem.ts';

/** Seconds after which a client may try again what could not be done now. */
const RETRY_AFTER = '5';

export interface ProblemContext {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Members beside those of the error. */
  readonly more?: Pick<ProblemDocument, 'checks'>;
}

/** Answers a request with an error; what is the server's own fault goes into the log. */
export function sendProblem(error: unknown, context: ProblemContext): FastifyReply {
  const { request, reply, more } = context;
  const problem = toProblem(error, request.id);
  const { status, code } = problem;
  // Probes ask for readiness all the time, and overload is no time to write much.
  if (status >= 500 && code !== 'PLB_NOT_READY') {
    const level = status === 503 ? 'warn' : 'error';
    request.log[level]({ err: error, request_id: request.id, url: request.url }, problem.detail);
  }
  if (status === 503) reply.header('retry-after', RETRY_AFTER);
  return reply
    .code(status)
    .type(PROBLEM_TYPE)
    .header('cache-control', 'no-store')
    .send({ ...problem, ...more });
}
