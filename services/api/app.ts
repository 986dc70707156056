import { randomUUID } from 'node:crypto';
import etag from '@fastify/etag';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import underPressure from '@fastify/under-pressure';
import fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { suggest } from '#libs/config/suggest.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { createConfigReader } from './current-config.ts';
import { guardHost } from './guard-host.ts';
import { createLiveFeed } from './live-feed.ts';
import { type Api, type ApiOptions, type FullOptions, LIVE_DEFAULTS } from './options.ts';
import { queryError } from './query-error.ts';
import { evaluationRoutes } from './routes/evaluation-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { resourceRoutes } from './routes/resource-routes.ts';
import { webRoutes } from './routes/web-routes.ts';
import { ALL_SCHEMAS } from './schemas/all-schemas.ts';
import { sendProblem } from './send-problem.ts';

/** The API takes no bodies yet; this bounds what a client may send all the same. */
const BODY_LIMIT = 64 * 1024;

/** Beyond this mean delay of the event loop, in milliseconds, answers would come too late anyway. */
const MAX_LOOP_DELAY = 2000;

const EVENTS_ROUTE = '/api/v1/events';

/**
 * Builds the API with all its routes, without listening: inject requests, or pass the same options
 * to `startApi`. Close it to end live connections; the store stays open.
 */
export async function buildApi(options: ApiOptions): Promise<Api> {
  const { lifecycle, logger } = options;
  const app: Api = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    genReqId: () => randomUUID(),
    // A parameter of the wrong name is refused, not dropped.
    ajv: { customOptions: { removeAdditional: false, verbose: true } },
    schemaErrorFormatter: (errors) => queryError(errors),
    frameworkErrors: (error, request, reply) => sendProblem(error, { request, reply }),
  }).withTypeProvider<TypeBoxTypeProvider>();

  // Schemas describe; values are written as they are, so null stays null and NaN becomes null.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  for (const schema of ALL_SCHEMAS) app.addSchema(schema);
  const methods = collectMethods(app);

  app.addHook('onRequest', async (request) => {
    guardHost(request.headers.host, options.allowedHosts ?? []);
  });
  await registerPlugins(app, options);
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) {
      reply.header('cache-control', 'no-cache');
    }
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    // Live connections last for hours: their number is told apart, their length says nothing.
    if (route === EVENTS_ROUTE && reply.statusCode === 200) return;
    lifecycle.emit({
      type: 'request_served',
      method: request.method,
      route,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
  });
  app.setErrorHandler((error, request, reply) => sendProblem(error, { request, reply }));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(notFound(request, { reply, methods }), { request, reply }),
  );

  healthRoutes(app, options);
  if (options.surface !== 'health') await serveResources(app, options);
  await app.ready();
  return app;
}

/** Everything that reads the store, and the pages. */
async function serveResources(app: Api, options: FullOptions): Promise<void> {
  const { store, lifecycle, now } = options;
  const config = createConfigReader(store, lifecycle);
  const feed = createLiveFeed({
    store,
    lifecycle,
    limits: { ...LIVE_DEFAULTS, ...options.live },
    now,
  });
  app.addHook('preClose', async () => feed.close());
  resourceRoutes(app, { store, config, now });
  evaluationRoutes(app, { store, config });
  eventRoutes(app, feed);
  await webRoutes(app, options.webRoot);
}

async function registerPlugins(app: Api, options: ApiOptions): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // The server speaks plain HTTP: a browser must not be told to insist on TLS.
    strictTransportSecurity: false,
  });
  await app.register(etag);
  await app.register(underPressure, {
    maxEventLoopDelay: MAX_LOOP_DELAY,
    pressureHandler: (request, _reply, _type, delay) => {
      // No measurement yet counts as infinite; and who asks for health needs an answer now.
      const exempt = ['/healthz', '/readyz', '/metrics'].includes(request.routeOptions.url ?? '');
      if (exempt || delay === undefined || !Number.isFinite(delay)) return;
      throw new PlumblineError(
        'PLB_OVERLOADED',
        `Cannot answer: the delay of this process must be at most ${MAX_LOOP_DELAY} ms, got ${Math.round(delay)} ms.`,
      );
    },
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Plumbline API',
        version: options.version,
        description: 'Drift of live data from the data that a model was built on.',
      },
    },
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, i) => String(json.$id ?? `def-${i}`),
    },
  });
}

/** Methods by address, filled as routes are added. */
function collectMethods(app: Api): ReadonlyMap<string, ReadonlySet<string>> {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set<string>();
    methods.set(url, known);
    for (const name of [method].flat()) known.add(name);
  });
  return methods;
}

function notFound(
  request: FastifyRequest,
  context: {
    readonly reply: FastifyReply;
    readonly methods: ReadonlyMap<string, ReadonlySet<string>>;
  },
): PlumblineError {
  const path = request.url.split('?', 1)[0] ?? '';
  // The pages are served by one route for all files.
  const allowed =
    context.methods.get(path) ?? (path === '/' ? context.methods.get('/*') : undefined);
  if (allowed !== undefined && !allowed.has(request.method)) {
    const names = [...allowed].sort().join(', ');
    context.reply.header('allow', names);
    return new PlumblineError(
      'PLB_METHOD_NOT_ALLOWED',
      `Cannot ${request.method} ${path}: the method must be one of ${names}.`,
    );
  }
  const near = suggest(path, [...context.methods.keys()]);
  return new PlumblineError(
    'PLB_NOT_FOUND',
    `Cannot ${request.method} ${path}: nothing is there.`,
    {
      fix:
        near === undefined ? 'See /openapi.json for all addresses.' : `${near.best} is an address.`,
    },
  );
}
