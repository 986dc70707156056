import type { Logger } from 'pino';
import type { Lifecycle } from './lifecycle.ts';

/**
 * Logs what a person should see: failures, gaps, conditions of streams, new partitions. Answers
 * how to stop. What happens many times a second is left to the metrics.
 */
export function logLifecycle(lifecycle: Lifecycle, logger: Logger): () => void {
  return lifecycle.observe((event) => {
    switch (event.type) {
      case 'failure':
        return logger[event.outcome === 'stops' ? 'error' : 'warn'](
          { role: event.role, code: event.code, outcome: event.outcome },
          event.message,
        );
      case 'gap':
        return logger[event.outcome === 'filled' ? 'info' : 'warn'](
          withoutType(event),
          `offsets missing: ${event.outcome}`,
        );
      case 'stream_condition':
        return logger[event.condition === 'stalled' ? 'warn' : 'info'](
          { namespace: event.namespace, stream: event.stream, reason: event.reason },
          `stream is ${event.condition}`,
        );
      case 'partitions_assigned':
        return logger.info(withoutType(event), 'partitions assigned');
      case 'baseline_built':
        return logger.info(withoutType(event), 'baseline built');
      case 'commit_conflict':
      case 'window_restated':
        return logger.debug(withoutType(event), event.type.replace('_', ' '));
      default:
        return undefined;
    }
  });
}

function withoutType<T extends { readonly type: string }>(event: T): Omit<T, 'type'> {
  const { type: _type, ...rest } = event;
  return rest;
}
