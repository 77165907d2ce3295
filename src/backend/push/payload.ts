// Push messages in the words of the providers.
import type { PushMessage } from './message.ts';

/** Bytes that the providers take at most. */
export const MAX_PAYLOAD = 4096;

/** Woken without being shown: Apple wants these to be rare, and marked. */
export function isSilent({ contentAvailable }: PushMessage): boolean {
  return contentAvailable === 1;
}

/** The notification for Apple devices, as JSON text. */
export function applePayload(message: PushMessage): string {
  const custom = message.custom === undefined ? {} : { custom: message.custom };
  if (isSilent(message)) return JSON.stringify({ aps: { 'content-available': 1 }, ...custom });
  const { localizedKey, localizedArguments, actionLocalizedKey } = message;
  const localized =
    localizedKey !== undefined ||
    localizedArguments !== undefined ||
    actionLocalizedKey !== undefined;
  const alert = localized
    ? {
        body: message.message,
        'action-loc-key': actionLocalizedKey,
        'loc-key': localizedKey,
        'loc-args': localizedArguments,
      }
    : message.message;
  const { sound, badge, category, contentAvailable } = message;
  const aps = { alert, sound, badge, category, 'content-available': contentAvailable };
  return JSON.stringify({ aps, ...custom });
}

/**
 * The message for Android devices, without the device. Apps of the original protocol read two extras: `message`, and
 * `custom` as JSON text; so all is data, and the app decides what is shown.
 */
export function androidMessage(message: PushMessage, timeToLive: number) {
  const { custom, collapseKey } = message;
  return {
    data: {
      message: message.message,
      ...(custom === undefined ? {} : { custom: JSON.stringify(custom) }),
    },
    android: {
      priority: 'HIGH',
      ttl: `${timeToLive}s`,
      ...(collapseKey ? { collapse_key: collapseKey } : {}),
    },
  };
}

/** Bytes of the part that a provider counts. */
export function payloadBytes(os: 'ios' | 'android', message: PushMessage): number {
  const counted =
    os === 'ios' ? applePayload(message) : JSON.stringify(androidMessage(message, 0).data);
  return Buffer.byteLength(counted);
}
