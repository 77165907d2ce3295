// Logging in: who may, how long a login waits for a busy project, and what guessing costs (Beebox spec 2.1, 2.2, 8.1).
import type { Clock } from '../platform/clock.ts';
import type { PasswordIdentity, Passwords } from '../platform/credentials/passwords.ts';
import type { ThrottleRules } from '../platform/credentials/throttle.ts';
import { NotFound, TooMany, Unauthenticated, Unavailable } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import { ADMINISTRATOR_REALM, type Administrators } from './administrators.ts';
import { connectorRealm, isAllowedAddress, type Connector, type Connectors } from './connectors.ts';
import type { ExclusiveSections } from './exclusive-sections.ts';
import type { Project, Projects } from './projects.ts';
import type { Session, Sessions } from './sessions.ts';
import type { Timer } from './timer.ts';

export interface LoginRequest {
  /** The project's key; empty for administrators of the whole tenant. */
  project: string;
  login: string;
  password: string;
  /** How long to wait while the project is busy, in milliseconds. */
  waitMs: number;
  /** What the client calls itself, and its version: free text, cut at 200 characters. */
  client: string;
  version: string;
  /** Where it comes from. */
  address: string;
}

/** Never longer than five seconds: a connector with a wrong password must not lock its project out (Beebox spec 8.1). */
export const LOGIN_THROTTLE: ThrottleRules = {
  pair: { free: 10, maxDelayMs: 5000, forgetMs: 300_000 },
  name: { free: 200, maxDelayMs: 5000, forgetMs: 300_000 },
  client: { free: 1000, maxDelayMs: 5000, forgetMs: 300_000 },
};

/** Refusals all take this long, so that their time says nothing about their reason. */
const REFUSAL_MS = 300;

const MAX_CLIENT_TEXT = 200;

export interface LoginsOptions {
  clock: Clock;
  timer: Timer;
  log: Logger;
  passwords: Passwords;
  projects: Projects;
  connectors: Connectors;
  administrators: Administrators;
  sections: ExclusiveSections;
  sessions: Sessions;
  /** Answers as if every project were busy. */
  simulateBusy: boolean;
}

interface Verified {
  identity: PasswordIdentity;
  project: Project | undefined;
  connector: Connector | undefined;
}

export class Logins {
  readonly #with: LoginsOptions;

  constructor(options: LoginsOptions) {
    this.#with = options;
  }

  /**
   * Checks the credentials, waits until the project is not busy, and gives the token of a new session. Throws
   * `Unauthenticated` (`login_failed`) for all refusals alike, `Unavailable` (`project_busy`) when the wait was too short
   * or too many passwords are being checked, and the signal's reason when the client has gone away: then there is no
   * session.
   */
  async login(request: LoginRequest, signal: AbortSignal): Promise<string> {
    const { timer, sessions } = this.#with;
    const started = timer.now();
    const verified = await this.#verify(request, signal);
    if (!verified) {
      await timer.delay(Math.max(0, REFUSAL_MS - (timer.now() - started)), signal);
      throw new Unauthenticated('login_failed', 'The project, login or password is not right');
    }
    // What the check took is a part of the wait that the client allowed.
    const waitMs = Math.max(0, request.waitMs - (timer.now() - started));
    if (!(await this.#untilFree(verified.project, waitMs, signal))) {
      throw projectBusy('The server is busy with an automatic operation');
    }
    signal.throwIfAborted();
    const session = sessionOf(verified, request);
    const token = await sessions.start(session, verified.identity);
    if (signal.aborted) {
      await sessions.end(token);
      signal.throwIfAborted();
    }
    await this.#note(verified, session);
    return token;
  }

  async #verify(request: LoginRequest, signal: AbortSignal): Promise<Verified | undefined> {
    const project = await this.#project(request.project);
    if (request.project !== '' && !project) this.#refused(request, 'unknown project');
    const identity = await this.#checkPassword(request, project, signal);
    if (!identity) {
      this.#refused(request, 'wrong login or password');
      return undefined;
    }
    if (identity.realm === ADMINISTRATOR_REALM) return { identity, project, connector: undefined };
    const connector = await this.#with.connectors.find(identity.tenant, identity.subject);
    if (!connector || !isAllowedAddress(connector.ipAllow, request.address)) {
      this.#refused(request, 'address not allowed');
      return undefined;
    }
    return { identity, project, connector };
  }

  /** Unknown projects and logins go the same way as wrong passwords, so that they take as long. */
  async #checkPassword(
    request: LoginRequest,
    project: Project | undefined,
    signal: AbortSignal,
  ): Promise<PasswordIdentity | undefined> {
    const { passwords, administrators } = this.#with;
    const name = request.login;
    const named = request.project !== '';
    const tenant = named ? project?.tenant : await administrators.tenantOf(name);
    const keys = [
      ...(named ? [{ realm: connectorRealm(project?.key ?? '') }] : []),
      { realm: ADMINISTRATOR_REALM },
    ].map(({ realm }) => ({ tenant: tenant ?? '', realm, name }));
    const known = await Promise.all(keys.map((key) => passwords.find(key)));
    const candidates = keys.filter((_key, at) => known[at] !== undefined);
    for (const key of candidates.length > 0 ? candidates : keys.slice(0, 1)) {
      const identity = await this.#patiently(
        () => passwords.verify({ ...key, password: request.password, client: request.address }),
        signal,
      );
      if (identity) return identity;
    }
    return undefined;
  }

  /** Waits once when failures before have slowed logins down, for the few seconds that this may cost. */
  async #patiently(
    verify: () => Promise<PasswordIdentity | undefined>,
    signal: AbortSignal,
  ): Promise<PasswordIdentity | undefined> {
    const { clock, timer } = this.#with;
    for (let attempt = 0; ; attempt++) {
      try {
        return await verify();
      } catch (error) {
        if (error instanceof Unavailable) throw projectBusy('Too many logins at once');
        if (!(error instanceof TooMany)) throw error;
        if (attempt > 0) return undefined;
        const waitMs = Number(error.details['retryAt']) - clock.now();
        await timer.delay(Math.min(Math.max(waitMs, 0), LOGIN_THROTTLE.pair.maxDelayMs), signal);
      }
    }
  }

  async #untilFree(
    project: Project | undefined,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { sections, projects, simulateBusy } = this.#with;
    if (!project) return true;
    const { tenant, key } = project;
    return sections.waitUntilFree({ tenant, project: key }, waitMs, signal, async () => {
      return simulateBusy || (await projects.get(tenant, key)).settings.simulateBusy;
    });
  }

  async #project(key: string): Promise<Project | undefined> {
    try {
      return key === '' ? undefined : await this.#with.projects.find(key);
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  async #note({ connector }: Verified, session: Session): Promise<void> {
    const { log, connectors } = this.#with;
    const { tenant, project, role, client, version, address } = session;
    log.info({ project, role, client, version, address }, 'translation client logged in');
    if (connector) await connectors.noteLogin(tenant, connector, { client, version, address });
  }

  #refused({ project, address }: LoginRequest, reason: string): void {
    const shown = project.slice(0, 40);
    this.#with.log.warn({ project: shown, address, reason }, 'translation login refused');
  }
}

function sessionOf({ identity, project, connector }: Verified, request: LoginRequest): Session {
  return {
    tenant: identity.tenant,
    subject: identity.subject,
    role: connector?.level ?? 'administrator',
    project: project?.key ?? null,
    client: request.client.slice(0, MAX_CLIENT_TEXT),
    version: request.version.slice(0, MAX_CLIENT_TEXT),
    address: request.address,
  };
}

const projectBusy = (reason: string) =>
  new Unavailable('project_busy', `${reason}. Please try again in a few seconds.`);
