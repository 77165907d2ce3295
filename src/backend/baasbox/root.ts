// What root may do besides backups: the administrator's password, metrics, settings of the server (BaasBox spec 5.15).
import { Unavailable } from '../../platform/errors.ts';
import { folderBytes, databaseFacts, freeBytes, memoryFacts } from '../operation/measure.ts';
import { changeServerSettings, serverSettings } from '../operation/server-settings.ts';
import { resetAdministrator } from '../users/administrator.ts';
import type { BackendContext } from '../context.ts';
import { jsonObject } from './body.ts';
import { answer, type Answer } from './envelope.ts';
import { Failure } from './failure.ts';
import type { RequestMetrics } from './request-metrics.ts';
import { route, type ActorCall, type Route } from './route.ts';

export function rootRoutes(metrics: RequestMetrics, webAtStart: boolean): readonly Route[] {
  return [
    route('POST', '/root/resetadminpassword', 'root', resetPassword),
    route('POST', '/root/metrics', 'root', () => {
      metrics.start();
      return Promise.resolve(answer('The metrics service is started'));
    }),
    route('DELETE', '/root/metrics', 'root', () => {
      metrics.stop();
      return Promise.resolve(answer('The metrics service is stopped'));
    }),
    measured('timers', () => metrics.timers()),
    measured('counters', () => metrics.counters()),
    measured('meters', () => metrics.meters()),
    measured('histograms', () => metrics.histograms()),
    measured('gauges', ({ context }) => gauges(context)),
    measured('uptime', () => metrics.uptime()),
    route('GET', '/root/configuration', 'root', (call) => configuration(call, webAtStart)),
    route('POST', '/root/configuration', 'root', async (call) => {
      await configure(call);
      return configuration(call, webAtStart);
    }),
  ];

  function measured(kind: string, read: (call: ActorCall) => object | Promise<object>): Route {
    return route('GET', `/root/metrics/${kind}`, 'root', async (call) => {
      // The spelling is the original's: programs look for it.
      if (!metrics.running) {
        throw new Unavailable('metrics_off', 'The metrics service are disabled');
      }
      return answer(await read(call));
    });
  }
}

async function resetPassword({ context, actor, body }: ActorCall): Promise<Answer> {
  const { password } = jsonObject(body).value;
  if (typeof password !== 'string') {
    throw new Failure(400, "The body payload doesn't contain password field");
  }
  await resetAdministrator(context, actor.tenant, password);
  return answer("The administrator's password has been reset");
}

async function gauges(context: BackendContext): Promise<object> {
  const [facts, free, folder, { databaseBytes }] = await Promise.all([
    databaseFacts(context),
    freeBytes(context),
    folderBytes(context),
    serverSettings(context),
  ]);
  const { most, allocated, used } = memoryFacts();
  const values = {
    'memory.max_allocable': most,
    'memory.current_allocate': allocated,
    'memory.used': used,
    'filesystem.datafile.spaceleft': free,
    // Archives are kept with the other files.
    'filesystem.backupdir.spaceleft': free,
    'orientdb.data.size': facts.bytes,
    'orientdb.data.directory.size': folder,
    'baasbox.db.threshold': databaseBytes,
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

async function configuration({ context }: ActorCall, webAtStart: boolean): Promise<Answer> {
  const { databaseBytes, alertPercent, web } = await serverSettings(context);
  return answer({
    'baasbox.db.size': databaseBytes,
    'baasbox.db.alert': alertPercent,
    'web.enable': web ?? webAtStart,
  });
}

const CONFIGURABLE: ReadonlySet<string> = new Set([
  'baasbox.db.size',
  'baasbox.db.alert',
  'web.enable',
]);

async function configure({ context, body }: ActorCall): Promise<void> {
  const given = jsonObject(body).value;
  const strange = Object.keys(given).find((name) => !CONFIGURABLE.has(name));
  if (strange !== undefined) throw new Failure(400, `${strange} is no setting of the server`);
  const { 'baasbox.db.size': size, 'baasbox.db.alert': alert, 'web.enable': web } = given;
  if (size !== undefined && !(typeof size === 'number' && size >= 0)) {
    throw new Failure(400, 'baasbox.db.size must be a number that is not negative');
  }
  if (alert !== undefined && !(Number.isInteger(alert) && Number(alert) >= 1)) {
    throw new Failure(400, 'baasbox.db.alert must be a whole number from 1');
  }
  if (web !== undefined && typeof web !== 'boolean') {
    throw new Failure(400, 'web.enable must be true or false');
  }
  if (Object.keys(given).length === 0) throw new Failure(400, 'The body names no setting');
  await changeServerSettings(context, {
    ...(size === undefined ? {} : { databaseBytes: size }),
    ...(alert === undefined ? {} : { alertPercent: Number(alert) }),
    ...(web === undefined ? {} : { web }),
  });
}
