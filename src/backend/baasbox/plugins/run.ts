// Runs a plugin for somebody: a request to it, or a hook of its life.
import type { FastifyRequest } from 'fastify';
import { Unavailable } from '../../../platform/errors.ts';
import type { Actor } from '../../context.ts';
import type { Outcome } from '../../plugins/engine/protocol.ts';
import type { Hook, HookAnswer } from '../../plugins/lifecycle.ts';
import { ScriptHost } from './host.ts';
import { responseOf, type ScriptAnswer } from './response.ts';
import { ScriptFailure } from './script-failure.ts';
import type { PluginServices } from './services.ts';

export interface Run {
  actor: Actor;
  request: FastifyRequest;
  script: { name: string; code: string };
}

/** The custom code for a script that failed (spec 3.5). */
const SCRIPT_FAILED = '50001';

/** Lets a plugin answer a request. Throws `ScriptFailure`: 500 with its code when the script fails. */
export async function answerRequest(services: PluginServices, run: Run, data: unknown) {
  const outcome = await runScript(services, run, { data });
  if (outcome.ok) return responseOf(JSON.parse(outcome.json) as ScriptAnswer);
  throw new ScriptFailure(500, `script failure: ${firstLine(outcome.message)}`, SCRIPT_FAILED);
}

/** Asks a plugin what it says to a hook. */
export async function askHook(services: PluginServices, run: Run, hook: Hook): Promise<HookAnswer> {
  const outcome = await runScript(services, run, { hook });
  if (!outcome.ok) return { kind: 'failed', message: firstLine(outcome.message) };
  const { agreed, message = '' } = JSON.parse(outcome.json) as {
    agreed: boolean;
    message?: string;
  };
  return { kind: agreed ? 'agreed' : 'refused', message };
}

async function runScript(
  services: PluginServices,
  { actor, request, script }: Run,
  event: { data?: unknown; hook?: Hook },
): Promise<Outcome> {
  if (!services.config.enabled) {
    throw new Unavailable('plugins_off', 'Plugins are switched off on this server');
  }
  const { name, code } = script;
  const host = new ScriptHost({ services, actor, request, plugin: name });
  const pool = await services.pool();
  try {
    const outcome = await pool.run({
      tenant: actor.tenant,
      name,
      code,
      event: JSON.stringify({ user: actor.user?.name ?? '', ...event }),
      host: (call, args, signal) => host.answer(call, args, signal),
    });
    if (!outcome.ok) host.log('error', [outcome.message]);
    return outcome;
  } finally {
    await host.end();
  }
}

/** Where in a script something failed is for its author, in the log; not for clients. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
