import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { Api } from '../options.ts';

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Plumbline</title>
<h1>The pages are not built yet</h1>
<p>Run <code>npm run build:web</code> and start again. The API works without them:
<a href="/api/v1/monitors">monitors</a>, <a href="/openapi.json">its description</a>.</p>
</html>
`;

/** The built pages at `/`, or a plain page that says how to build them. */
export async function webRoutes(app: Api, webRoot: string | undefined): Promise<void> {
  if (webRoot === undefined || !existsSync(join(webRoot, 'index.html'))) {
    app.get('/', { schema: { hide: true } }, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(NOT_BUILT),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: webRoot,
    // The names of built assets hold a hash of their content; the page that names them does not.
    cacheControl: false,
    setHeaders(reply, path) {
      reply.header(
        'cache-control',
        HASHED.test(basename(path)) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}

/** `index-B1x_9aZq.js`, as Vite names what it builds. */
const HASHED = /-[\w-]{8}\.\w+$/;
