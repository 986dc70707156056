import type { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { LiveFeed } from '../live-feed.ts';
import type { Api } from '../options.ts';
import { problemResponses } from '../problem-responses.ts';
import { Closed } from '../schemas/shared.ts';

const EventsQuery = Closed({
  namespace: Type.Optional(
    Type.String({ minLength: 1, description: 'Only events of this namespace; all without.' }),
  ),
});

/** `/api/v1/events`: what happened, as it happens. */
export function eventRoutes(app: Api, feed: LiveFeed): void {
  app.get(
    '/api/v1/events',
    {
      // A HEAD would join the listeners and never read.
      exposeHeadRoute: false,
      schema: {
        tags: ['live'],
        summary: 'Live events (server-sent events)',
        description:
          '`evaluation`: a window was published (namespace, monitor, window, revision, events). ' +
          '`stream`: the status of a stream, as in `/api/v1/streams`. ' +
          '`resources`: the configuration changed (revision). ' +
          'Events are hints: nothing is repeated after a lost connection, so read the state anew.',
        querystring: EventsQuery,
        response: {
          200: {
            description: 'Server-sent events, with a comment line every 15 s.',
            content: {
              'text/event-stream': { schema: Type.Unsafe<Readable>({ type: 'string' }) },
            },
          },
          ...problemResponses(400),
        },
      },
    },
    async (request, reply) =>
      reply
        .type('text/event-stream')
        .header('cache-control', 'no-store')
        // Without this a proxy may keep events until a buffer is full.
        .header('x-accel-buffering', 'no')
        // The server may stop at any time: this connection serves nothing else.
        .header('connection', 'close')
        .send(feed.join(request.query.namespace ?? null)),
  );
}
