import type { ChannelConfig } from '../resolved.ts';
import { type ChannelDocument, EmailSchema } from '../schemas/channel.ts';
import { optional, setting } from './setting.ts';

export function resolveChannel(
  key: { readonly namespace: string; readonly name: string },
  document: ChannelDocument,
): ChannelConfig {
  switch (document.type) {
    case 'pagerduty':
      return {
        ...key,
        type: document.type,
        routingKey: document.routing_key,
        ...optional('url', document.url),
      };
    case 'slack':
      return { ...key, type: document.type, webhookUrl: document.webhook_url };
    case 'alertmanager':
      return {
        ...key,
        type: document.type,
        url: document.url,
        ...optional('username', document.username),
        ...optional('password', document.password),
        ...optional('bearerToken', document.bearer_token),
        labels: toList(document.labels),
      };
    case 'webhook':
      return {
        ...key,
        type: document.type,
        url: document.url,
        ...optional('signingKey', document.signing_key),
        headers: toList(document.headers),
      };
    case 'email':
      return {
        ...key,
        type: document.type,
        host: document.host,
        port: setting(EmailSchema, { document, key: 'port' }),
        from: document.from,
        to: document.to,
        ...optional('username', document.username),
        ...optional('password', document.password),
      };
  }
}

function toList<T>(
  record: Readonly<Record<string, T>> = {},
): readonly { readonly name: string; readonly value: T }[] {
  return Object.entries(record).map(([name, value]) => ({ name, value }));
}
