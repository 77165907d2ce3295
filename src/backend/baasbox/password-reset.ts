// A lost password: the mail, the page with the form, and the same for programs (BaasBox spec 2.9).
import { Invalid } from '../../platform/errors.ts';
import { fillHtml } from '../mail/templates.ts';
import { isEnabled } from '../endpoint-groups.ts';
import { definitionOf } from '../settings/catalogue.ts';
import { setting } from '../settings/settings.ts';
import {
  completeReset,
  openReset,
  renewReset,
  requestReset,
  type OpenReset,
} from '../users/password-reset.ts';
import { formOrJson } from './body.ts';
import { NOTHING, type Answer, type RawAnswer } from './envelope.ts';
import { Failure } from './failure.ts';
import { appRoute, openRoute, type AppCall, type Call, type Route } from './route.ts';

export const resetRoutes: readonly Route[] = [
  appRoute('GET', '/user/:username/password/reset', { group: 'account.lost_password' }, request),
  openRoute('GET', '/user/password/reset/:token', (call) =>
    isJson(call) ? showJson(call) : showPage(call),
  ),
  openRoute('POST', '/user/password/reset/:token', (call) =>
    isJson(call) ? changeJson(call) : changePage(call),
  ),
];

const JSON_SUFFIX = '.json';

/** Programs put this after the token. */
function isJson({ params }: Call): boolean {
  return (params['token'] ?? '').endsWith(JSON_SUFFIX);
}

function tokenOf(call: Call): string {
  const { token = '' } = call.params;
  return isJson(call) ? token.slice(0, -JSON_SUFFIX.length) : token;
}

const pathOf = (token: string) => `/user/password/reset/${token}`;

async function request({ context, tenant, params }: AppCall): Promise<Answer> {
  await requestReset(context, tenant, params['username'] ?? '', pathOf);
  return { data: NOTHING };
}

/** Names of the form's fields. */
const FIELDS = { password: 'password', repeat_password: 'repeat-password' } as const;

interface Opened {
  open: OpenReset;
  token: string;
  applicationName: string;
}

/** What the token opens. Throws `Invalid` for a bad one, 403 when the group of calls is off. */
async function opened(call: Call): Promise<Opened> {
  const { context } = call;
  const token = tokenOf(call);
  const open = await openReset(context, token);
  if (!(await isEnabled(context, open.tenant, 'account.lost_password'))) {
    throw new Failure(403, 'The endpoint group baasbox.account.lost_password is disabled');
  }
  return { open, token, applicationName: await setting(context, open.tenant, 'application.name') };
}

async function showPage(call: Call): Promise<RawAnswer> {
  return orErrorPage(async () => formPage(call, await opened(call)));
}

/** The form. Looking at it uses nothing up: programs that preview links in mails do so too. */
async function formPage(
  { context }: Call,
  { open, token, applicationName }: Opened,
  error = '',
): Promise<RawAnswer> {
  const template = await setting(context, open.tenant, 'page.html.template');
  const text = fillHtml(template, {
    user_name: open.userName,
    link: pathOf(token),
    error,
    application_name: applicationName,
    ...FIELDS,
  });
  return page(error === '' ? 200 : 400, text);
}

async function changePage(call: Call): Promise<RawAnswer> {
  return orErrorPage(async () => {
    const found = await opened(call);
    const { open, token, applicationName } = found;
    try {
      await completeReset(call.context, open, token, passwordsOf(call));
    } catch (error) {
      if (mayRetry(error)) return formPage(call, found, error.message);
      throw error;
    }
    const template = await setting(call.context, open.tenant, 'page.html.feedback.template');
    const values = { user_name: open.userName, application_name: applicationName };
    return page(200, fillHtml(template, { ...values, message: CHANGED }));
  });
}

const CHANGED = 'Password changed';

/** Whose app it was is not known when the token is not: then the page is the default one. */
async function orErrorPage(answer: () => Promise<RawAnswer>): Promise<RawAnswer> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    const template = String(definitionOf('page.html.feedback.template').fallback);
    const values = { error: error.message, application_name: DEFAULT_NAME };
    return page(400, fillHtml(template, values));
  }
}

const DEFAULT_NAME = String(definitionOf('application.name').fallback);

async function showJson(call: Call): Promise<RawAnswer> {
  try {
    const { open, applicationName } = await opened(call);
    const fresh = await renewReset(call.context, open);
    return json(200, {
      user_name: open.userName,
      ...nextStep(fresh),
      application_name: applicationName,
    });
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return json(400, {
      status: 'KO',
      user_name: '',
      error: error.message,
      application_name: DEFAULT_NAME,
    });
  }
}

async function changeJson(call: Call): Promise<RawAnswer> {
  const { context } = call;
  let found: Opened | undefined;
  try {
    found = await opened(call);
    await completeReset(context, found.open, found.token, passwordsOf(call));
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return json(400, {
      user_name: found?.open.userName ?? '',
      error: error.message,
      application_name: found?.applicationName ?? DEFAULT_NAME,
      ...(found && mayRetry(error) ? nextStep(await renewReset(context, found.open)) : {}),
    });
  }
  const { open, applicationName: application_name } = found;
  return json(200, { user_name: open.userName, message: CHANGED, application_name });
}

const nextStep = (token: string) => ({ link: pathOf(token) + JSON_SUFFIX, token });

/** Whether another password helps. */
function mayRetry(error: unknown): error is Invalid {
  return (
    error instanceof Invalid &&
    (error.code === 'reset_password' || error.code === 'password_length')
  );
}

function passwordsOf({ body }: Call): [string, string] {
  let fields;
  try {
    fields = formOrJson(body);
  } catch {
    throw new Invalid('reset_password', 'Both passwords must be sent as a form');
  }
  const text = (name: string) => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  return [text(FIELDS.password), text(FIELDS.repeat_password)];
}

/** Whoever has the address has the account: it is kept nowhere and told to nobody. */
const SECRET_PAGE = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
  'x-content-type-options': 'nosniff',
};

function page(status: number, text: string): RawAnswer {
  return {
    status,
    headers: {
      ...SECRET_PAGE,
      'content-type': 'text/html; charset=utf-8',
      // The templates are an app's, the origin is everybody's: no scripts, and nothing of the origin within reach.
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'none'; frame-ancestors 'none'; sandbox allow-forms",
    },
    raw: text,
  };
}

function json(status: number, value: object): RawAnswer {
  return {
    status,
    headers: { ...SECRET_PAGE, 'content-type': 'application/json; charset=utf-8' },
    raw: JSON.stringify(value),
  };
}
