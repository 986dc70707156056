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
          {
            ...{ role: event.role, code: event.code, outcome: event.outcome },
            ...(event.fix === undefined ? {} : { fix: event.fix }),
          },
          event.message,
        );
      case 'recovered':
        return logger.info({ seconds: event.seconds }, `${event.part} goes on`);
      case 'gap':
        return logger[event.outcome === 'filled' ? 'info' : 'warn'](
          withoutType(event),
          `offsets missing: ${event.outcome}`,
        );
      case 'dead_letter_refused':
        return logger.warn(
          withoutType(event),
          'the dead-letter topic refuses copies of bad events',
        );
      case 'block_unknown':
        if (!event.isNews) return undefined;
        return logger.warn(
          { profile: event.profileId },
          'another process counts a profile that this one’s configuration does not have',
        );
      case 'log_began_anew':
        return logger.warn(withoutType(event), 'log began anew');
      case 'sampling':
        return logger.warn(
          withoutType(event),
          `sampling is on: only a share of ${event.share} of the keys is counted`,
        );
      case 'stream_condition':
        return logger[event.condition === 'stalled' ? 'warn' : 'info'](
          { namespace: event.namespace, stream: event.stream, reason: event.reason },
          `stream is ${event.condition}`,
        );
      case 'partitions_assigned':
        return logger.info(withoutType(event), 'partitions assigned');
      case 'rebalanced':
        return logger.info(withoutType(event), 'rebalanced');
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
