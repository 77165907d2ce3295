// What a device says of itself at login (BaasBox spec 2.5).
import { deviceSystem, type Device } from '../push/devices.ts';
import { jsonBody } from './body.ts';
import { Failure } from './failure.ts';

/**
 * The device in `login_data`: JSON as a text, or in a JSON body as it is. Nothing when it names none, or one of another
 * kind: that is no reason to refuse a login. Throws `Failure` (400) when it is not JSON.
 */
export function loginDevice(data: unknown): Device | undefined {
  const value = typeof data === 'string' && data !== '' ? parsed(data) : data;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { os, pushToken, deviceId } = value as Record<string, unknown>;
  // One client library calls the token so.
  const token = typeof pushToken === 'string' && pushToken !== '' ? pushToken : deviceId;
  if (typeof os !== 'string' || typeof token !== 'string' || token === '') return undefined;
  const system = deviceSystem(os);
  return system && { os: system, token };
}

function parsed(text: string): unknown {
  try {
    return jsonBody({ type: 'application/json', bytes: Buffer.from(text) }).value;
  } catch {
    throw new Failure(400, "The 'login_data' field is not valid JSON");
  }
}
