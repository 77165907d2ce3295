// How long sessions of an app last.
import type { BackendContext } from './context.ts';
import { setting } from './settings/settings.ts';

/** Idle minutes after which new sessions end; 0: never. */
export function sessionMinutes(context: BackendContext, tenant: string): Promise<number> {
  return setting(context, tenant, 'session_tokens.timeout');
}
