import { Type } from 'typebox';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { checkReadiness } from '../check-readiness.ts';
import type { Api, ApiOptions } from '../options.ts';
import { problemResponses } from '../problem-responses.ts';
import { Alive, Ready } from '../schemas/health.ts';
import { Closed, ref } from '../schemas/shared.ts';
import { sendProblem } from '../send-problem.ts';

/** Long enough for a busy store, short enough for the usual probe. */
const READINESS_DEADLINE_MS = 2000;

/** `/healthz`, `/readyz`, `/metrics` and `/openapi.json`. */
export function healthRoutes(app: Api, options: ApiOptions): void {
  const { now, registry, version } = options;
  const startedAt = now();

  app.get(
    '/healthz',
    {
      schema: {
        tags: ['health'],
        summary: 'Whether the process is alive',
        querystring: Closed({}),
        response: { 200: ref(Alive), ...problemResponses(400) },
      },
    },
    async () => ({
      status: 'alive' as const,
      version,
      uptime_seconds: Math.max(0, (now() - startedAt) / 1000),
    }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags: ['health'],
        summary: 'Whether the service can do its work, with the checks that say so',
        querystring: Closed({}),
        response: { 200: ref(Ready), ...problemResponses(400) },
      },
    },
    async (request, reply) => {
      const checks = await checkReadiness({
        store: options.store,
        deadlineMs: READINESS_DEADLINE_MS,
        ...(options.readiness === undefined ? {} : { readiness: options.readiness }),
      });
      const shown = checks.map((check) => ({
        name: check.name,
        ok: check.ok,
        reason: check.ok ? null : check.reason,
      }));
      const failing = checks.filter((check) => !check.ok);
      if (failing.length === 0) return { status: 'ready' as const, checks: shown };
      const error = new PlumblineError(
        'PLB_NOT_READY',
        `Not ready: ${failing.map(({ name, reason }) => `${name}: ${reason.replace(/\.$/, '')}`).join('; ')}`,
      );
      return sendProblem(error, { request, reply, more: { checks: shown } });
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        tags: ['health'],
        summary: 'Metrics in the Prometheus text format',
        querystring: Closed({}),
        response: {
          200: {
            description: 'Prometheus exposition format.',
            content: { 'text/plain': { schema: Type.String() } },
          },
          ...problemResponses(400),
        },
      },
    },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  );

  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
