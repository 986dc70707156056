import { type Attributes, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { Lifecycle, LifecycleEvent } from './lifecycle.ts';

export interface SpanObserverOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Step {
  readonly name: string;
  readonly seconds: number;
  readonly attributes: Attributes;
}

/**
 * Writes one span per step (profile a batch, publish a block, apply blocks, commit, evaluate a
 * window). A step is known when it is over: the span's start is set back by its duration.
 * Answers how to stop.
 */
export function observeSpans(
  lifecycle: Lifecycle,
  tracer: Tracer,
  options: SpanObserverOptions,
): () => void {
  return lifecycle.observe((event) => {
    const end = options.now();
    if (event.type === 'failure') {
      const span = tracer.startSpan(`${event.role} failure`, { startTime: end });
      span.setAttributes({ 'error.type': event.code, 'plumbline.outcome': event.outcome });
      span.setStatus({ code: SpanStatusCode.ERROR, message: event.message });
      span.end(end);
      return;
    }
    const step = stepOf(event);
    if (step === undefined) return;
    tracer
      .startSpan(step.name, {
        startTime: end - step.seconds * 1000,
        attributes: step.attributes,
      })
      .end(end);
  });
}

function stepOf(event: LifecycleEvent): Step | undefined {
  switch (event.type) {
    case 'batch_profiled':
      return {
        name: `process ${event.topic}`,
        seconds: event.seconds,
        attributes: {
          ...partition(event),
          'messaging.operation.type': 'process',
          'messaging.batch.message_count': event.events,
          'plumbline.events.bad': Object.values(event.bad).reduce((sum, count) => sum + count, 0),
          'plumbline.events.synthetic': event.synthetic,
        },
      };
    case 'block_published':
      return {
        name: 'publish block',
        seconds: event.seconds,
        attributes: {
          ...partition(event),
          'plumbline.block.state': event.state,
          'plumbline.block.bytes': event.bytes,
        },
      };
    case 'blocks_applied':
      return {
        name: 'apply blocks',
        seconds: event.seconds,
        attributes: {
          ...stream(event),
          'plumbline.blocks': event.blocks,
          'plumbline.blocks.ignored': event.ignored,
          'plumbline.events': event.events,
        },
      };
    case 'commit':
      return {
        name: 'commit',
        seconds: event.seconds,
        attributes: {
          ...stream(event),
          'plumbline.panes': event.panes,
          'plumbline.publications': event.publications,
        },
      };
    case 'window_published':
    case 'window_restated':
      return {
        name: 'evaluate window',
        seconds: event.seconds,
        attributes: {
          'plumbline.namespace': event.namespace,
          'plumbline.monitor': event.monitor,
          'plumbline.window.start': new Date(event.window.start).toISOString(),
          'plumbline.window.end': new Date(event.window.end).toISOString(),
          'plumbline.window.revision': event.type === 'window_restated' ? event.revision : 1,
          'plumbline.events': event.events,
          'plumbline.verdicts.critical': event.verdicts.critical ?? 0,
        },
      };
    case 'baseline_built':
      return {
        name: 'build baseline',
        seconds: event.seconds,
        attributes: {
          'plumbline.namespace': event.namespace,
          'plumbline.baseline': event.baseline,
          'plumbline.rows': event.rows,
        },
      };
    default:
      return undefined;
  }
}

function stream(event: { readonly namespace: string; readonly stream: string }): Attributes {
  return { 'plumbline.namespace': event.namespace, 'plumbline.stream': event.stream };
}

function partition(event: {
  readonly namespace: string;
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
}): Attributes {
  return {
    ...stream(event),
    'messaging.destination.name': event.topic,
    'messaging.destination.partition.id': String(event.partition),
  };
}
