// Whose time and which entities a person may see and change (Beebole spec 5.14, 8.8).
import { projectsManagedBy, teamOf } from './relations.ts';
import type { PersonContext } from './context.ts';
import { reading } from './context.ts';
import type { Person } from './model.ts';

/** A person with the relations that give rights over others. */
export interface Viewer {
  person: Person;
  isAdmin: boolean;
  /** People whom the viewer leads. */
  team: ReadonlySet<number>;
  /** Projects whose time the viewer may see: none, some, or all (a project manager to whom none is assigned). */
  managed: ReadonlySet<number> | 'all';
}

/** Reads the relations of the acting person. */
export async function viewerOf(context: PersonContext): Promise<Viewer> {
  const { actor, account } = context;
  const sql = reading(context);
  if (actor.userGroup === 'admin') {
    return { person: actor, isAdmin: true, team: new Set(), managed: 'all' };
  }
  const team = await teamOf(sql, account.tenantId, actor.id);
  if (actor.userGroup !== 'pm') return { person: actor, isAdmin: false, team, managed: new Set() };
  const projects = await projectsManagedBy(sql, account.tenantId, actor.id);
  return { person: actor, isAdmin: false, team, managed: projects.size > 0 ? projects : 'all' };
}

/** Whether all time of a person is open to the viewer, whatever it was recorded on. */
export function seesAllTimeOf(viewer: Viewer, personId: number): boolean {
  return viewer.isAdmin || personId === viewer.person.id || viewer.team.has(personId);
}

/**
 * Whether the viewer may read and change time of this person on this project (`undefined` for time on a company or an
 * absence).
 */
export function reaches(viewer: Viewer, personId: number, projectId: number | undefined): boolean {
  if (seesAllTimeOf(viewer, personId)) return true;
  return projectId !== undefined && manages(viewer, projectId);
}

/** Whether time on the project is the viewer's to see. */
export function manages(viewer: Viewer, projectId: number): boolean {
  return viewer.managed === 'all' || viewer.managed.has(projectId);
}

/** Whether the viewer may see who is attached to a work entity of this project (`undefined` for a company). */
export function seesStaffing(viewer: Viewer, projectId: number | undefined): boolean {
  const { userGroup } = viewer.person;
  if (userGroup === 'admin' || userGroup === 'leader') return true;
  return userGroup === 'pm' && projectId !== undefined && manages(viewer, projectId);
}

/** Whether the viewer sees every company, project, task and absence, whoever may record time on them. */
export function seesAllWork(viewer: Viewer): boolean {
  return !['employee', 'contractor'].includes(viewer.person.userGroup);
}
