// Push messages, and the devices that get them (BaasBox spec 5.9).
import { NotFound } from '../../platform/errors.ts';
import type { JsonObject } from '../query/values.ts';
import { pendingDeliveries, retryDelivery } from '../push/deliveries.ts';
import { deviceSystem, registerDevice, unregisterDevice } from '../push/devices.ts';
import { readMessage, readProfiles, readUsers } from '../push/message.ts';
import { sendPush, type PushResult } from '../push/send.ts';
import { closeSession } from '../users/sessions.ts';
import { formatDate } from '../query/dates.ts';
import { presented } from './access.ts';
import { jsonBody } from './body.ts';
import { answer, NOTHING, type Answer, type RawAnswer } from './envelope.ts';
import { Failure } from './failure.ts';
import { PUSH_FAILURES, SENT_WITH_RESERVATION } from './push-errors.ts';
import { route, type ActorCall, type Call, type Route } from './route.ts';

const SEND = { level: 'user', group: 'notifications.send' } as const;
const RECEIVE = { level: 'user', group: 'notifications.receive' } as const;

export const pushRoutes: readonly Route[] = [
  route('POST', '/push/message', SEND, sendToUsers),
  route('POST', '/push/message/:username', SEND, sendToOne),
  route('PUT', '/push/enable/:os/:pushToken', RECEIVE, enable),
  route('PUT', '/push/device/:os/:pushToken', RECEIVE, enable),
  route('PUT', '/push/disable/:pushToken', RECEIVE, disable),
  route('POST', '/logout/:pushToken', { level: 'user', group: 'account' }, logout),
  // Skep's own.
  route('GET', '/admin/push/deliveries', 'admin', listDeliveries),
  route('POST', '/admin/push/deliveries/:id/retry', 'admin', retry),
];

async function sendToUsers(call: ActorCall): Promise<Answer | RawAnswer> {
  const value = messageBody(call);
  const { context, actor, query } = call;
  // In this order, because clients are told of one mistake at a time.
  requireMessage(value);
  const users = readUsers(value);
  const profiles = readProfiles(value);
  const message = readMessage(value);
  const result = await sendPush(context, actor.tenant, { message, users, profiles });
  if (query.first('verbose') === 'true' && actor.administrator) return answer(result.log);
  return sent(call, result, answer('The message has been sent'));
}

/** The form of earlier versions: one user, named in the path. */
async function sendToOne(call: ActorCall): Promise<Answer | RawAnswer> {
  const value = messageBody(call);
  const { context, actor, params } = call;
  requireMessage(value);
  const profiles = readProfiles(value);
  const message = readMessage(value);
  const users = [params['username'] ?? ''];
  const result = await sendPush(context, actor.tenant, { message, users, profiles });
  return sent(call, result, { data: NOTHING });
}

function requireMessage(value: JsonObject): void {
  if (typeof value['message'] !== 'string') throw pushFailure('push_message');
}

function messageBody({ body }: Call): JsonObject {
  if (body.bytes.length === 0) throw pushFailure('push_no_body');
  const { value } = jsonBody(body);
  if (value === null) throw pushFailure('push_no_body');
  if (typeof value !== 'object' || Array.isArray(value)) throw pushFailure('push_message');
  return value;
}

function pushFailure(code: keyof typeof PUSH_FAILURES): Failure {
  return PUSH_FAILURES[code]?.() ?? new Failure(400, 'The message is not valid');
}

/** A success; when some devices could not be reached, with a code that only this call has. */
function sent({ query }: Call, result: PushResult, success: Answer): Answer | RawAnswer {
  if (!result.incomplete) return success;
  const callId = query.first('call_id');
  const { code, text } = SENT_WITH_RESERVATION;
  return {
    headers: { 'content-type': 'application/json; charset=utf-8' },
    raw: JSON.stringify({
      http_code: 200,
      bb_code: code,
      result: 'ok',
      ...(callId ? { call_id: callId } : {}),
      data: text,
    }),
  };
}

async function enable({ context, actor, params }: ActorCall): Promise<Answer> {
  const os = deviceSystem(params['os'] ?? '');
  if (!os) throw new Failure(400, 'The operating system must be ios or android');
  await registerDevice(context, ownerOf(actor), { os, token: params['pushToken'] ?? '' });
  return { data: NOTHING };
}

async function disable({ context, actor, params }: ActorCall): Promise<Answer> {
  await unregisterDevice(context, ownerOf(actor), params['pushToken'] ?? '');
  return { data: NOTHING };
}

/** Logs out, and messages no longer come to this device. */
async function logout({ context, actor, params, request, query }: ActorCall): Promise<Answer> {
  const token = params['pushToken'] ?? '';
  await unregisterDevice(context, ownerOf(actor), token);
  const { session } = presented(request, query);
  if (session !== undefined) await closeSession(context, session);
  return answer(`pushToken: ${token} logged out`);
}

function ownerOf({ tenant, user }: ActorCall['actor']): { tenant: string; userId: string } {
  if (!user) throw new NotFound('no_user', 'There is no such user');
  return { tenant, userId: user.id };
}

async function listDeliveries({ context, actor }: ActorCall): Promise<Answer> {
  const deliveries = await pendingDeliveries(context, actor.tenant);
  return answer(deliveries.map((one) => ({ ...one, sentAt: formatDate(one.sentAt) })));
}

async function retry({ context, actor, params }: ActorCall): Promise<Answer> {
  await retryDelivery(context, actor.tenant, params['id'] ?? '');
  return { data: NOTHING };
}
