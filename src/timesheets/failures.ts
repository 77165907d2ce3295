// The failures of the timesheet, each with its stable code and text (Beebole spec 2.7).
import { Conflict, Forbidden, Invalid, NotFound } from '../platform/errors.ts';
import type { EntityKind, Reference, TargetKind, WorkKind } from './model.ts';

const CHILD: Record<'company' | 'project', string> = {
  company: 'projects',
  project: 'subprojects',
};

/** What could be used instead of what was asked for. */
export interface Proposal {
  kind: 'project' | 'subproject' | 'task';
  entities: readonly Reference[];
}

/** `field` is the domain's name of the value: `name`, `date`, `hours`, `email`… Doors translate it. */
export const invalidValue = (field: string) =>
  new Invalid('invalid_value', `Invalid value: ${field}`, { field });

export const entityNotFound = (kind: EntityKind) =>
  new NotFound('not_found', `${kind[0]?.toUpperCase()}${kind.slice(1)} not found`, { kind });

export const entryNotFound = () => new NotFound('not_found', 'Time entry not found');

export const notAllowed = () => new Forbidden('forbidden', 'You are not allowed to do this');

export const duplicateXid = () => new Conflict('duplicate_xid', 'The external id is already used');

export const duplicateEmail = () =>
  new Conflict('duplicate_email', 'The e-mail address is already used');

export const inactive = (kind: EntityKind) =>
  new Invalid('inactive', `The ${kind} is inactive`, { kind });

export const hasChildren = (kind: 'company' | 'project', proposal: Proposal) =>
  new Invalid(
    'has_children',
    `Time cannot be recorded on this ${kind}, choose one of its ${CHILD[kind]}`,
    { proposal },
  );

export const taskRequired = (proposal: Proposal) =>
  new Invalid('task_required', 'A task is required', { proposal });

export const taskInvalid = (proposal?: Proposal) =>
  new Invalid('task_invalid', 'This task cannot be used here', proposal ? { proposal } : {});

export const targetRequired = () =>
  new Invalid('target_required', 'One of company, project, subproject or absence is required');

export const targetConflict = () =>
  new Invalid('target_conflict', 'Only one of company, project, subproject or absence is allowed');

export const notMember = (kind: WorkKind) =>
  new Forbidden('not_member', `You are not a member of this ${kind}`);

export const statusLocked = () =>
  new Conflict('status_locked', 'Submitted, approved or locked time cannot be changed');

export const overrun = () =>
  new Invalid('overrun', 'More than 24 hours would be recorded on this day');

export const mainCompany = () =>
  new Conflict('main_company', 'The main company cannot be deactivated or become a customer');

export const lastAdmin = () =>
  new Conflict('last_admin', 'The account needs at least one active administrator');

export const notMovable = (kind: TargetKind) =>
  new Conflict(
    'not_movable',
    `The ${kind} has submitted, approved or locked time and cannot be moved`,
  );

export const groupInUse = () => new Conflict('group_in_use', 'The group is assigned to entities');

export const groupCycle = () => new Conflict('group_cycle', 'A group cannot be below itself');
