// Sessions: what a login gives, good until it is ended or left alone for too long (Beebox spec 2.4 to 2.7).
import type { PasswordIdentity } from '../platform/credentials/passwords.ts';
import { uuidToken } from '../platform/credentials/token-formats.ts';
import type { TokenInfo, Tokens } from '../platform/credentials/tokens.ts';
import type { Database } from '../platform/database/database.ts';
import { Invalid, NotFound, Unauthenticated } from '../platform/errors.ts';
import type { ConnectorLevel } from './connectors.ts';
import type { Project, Projects } from './projects.ts';

/** Who a session acts for, as it was at the login. */
export interface Session {
  tenant: string;
  role: ConnectorLevel | 'administrator';
  /** The connector's id, or the administrator's login. */
  subject: string;
  /** The only project that it reaches; administrators who came in without one reach all of their tenant. */
  project: string | null;
  /** What the client calls itself. */
  client: string;
  version: string;
  address: string;
}

const KIND = 'translation.session';

export class Sessions {
  readonly #db: Database;
  readonly #tokens: Tokens;
  readonly #projects: Projects;
  readonly #idleMs: number;

  constructor(
    db: Database,
    { tokens, projects, idleMs }: { tokens: Tokens; projects: Projects; idleMs: number },
  ) {
    this.#db = db;
    this.#tokens = tokens;
    this.#projects = projects;
    this.#idleMs = idleMs;
  }

  /** Starts a session and gives its token. It also ends when the password that it was opened with changes. */
  async start(session: Session, password: PasswordIdentity): Promise<string> {
    const { tenant, subject, ...data } = session;
    const { token } = await this.#db.write((trx) =>
      this.#tokens.issue(trx, {
        tenant,
        subject,
        data,
        kind: KIND,
        format: uuidToken,
        expiry: { afterIdleMs: this.#idleMs },
        boundTo: password,
      }),
    );
    return token;
  }

  /** Whose token it is; counts as activity. Throws `Unauthenticated` (`logged_out`). */
  async find(token: string): Promise<Session> {
    const check = await this.#tokens.verify(KIND, token);
    if (!check.valid) throw loggedOut();
    const { tenant, subject, data } = check;
    return { tenant, subject, ...(data as Omit<Session, 'tenant' | 'subject'>) };
  }

  /**
   * The session and the project that it works on: its own one, or for a session without one the `chosen` project. A
   * session of one project can name that one only. Throws `Unauthenticated` (`logged_out`), `Invalid`
   * (`project_required`) when no project is chosen, and `NotFound` (`project_not_found`).
   */
  async enter(
    token: string,
    chosen: string | undefined,
  ): Promise<{ session: Session; project: Project }> {
    const session = await this.find(token);
    const own = session.project;
    if (own !== null && chosen !== undefined && chosen.toLowerCase() !== own) throw loggedOut();
    const key = own ?? chosen;
    if (key === undefined) {
      throw new Invalid('project_required', 'This session is not bound to a project: name one');
    }
    try {
      return { session, project: await this.#projects.get(session.tenant, key) };
    } catch (error) {
      // The project of the session is gone, and so is its reason.
      throw own !== null && error instanceof NotFound ? loggedOut() : error;
    }
  }

  /** Ends a session; unknown and ended ones are fine. */
  async end(token: string): Promise<void> {
    await this.#db.write((trx) => this.#tokens.revoke(trx, KIND, token));
  }

  /** The sessions of a tenant that have not been swept away, in pages. */
  list(tenant: string, page: { after?: string; limit?: number } = {}): Promise<TokenInfo[]> {
    return this.#tokens.list({ tenant, kind: KIND, ...page });
  }
}

const loggedOut = () => new Unauthenticated('logged_out', 'Not authorised');
