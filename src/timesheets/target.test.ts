// The decision table by itself: every row, and what must hold for any facts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../platform/errors.ts';
import type { Proposal } from './failures.ts';
import type { Entity, EntityKind, Reference } from './model.ts';
import { checkChain, decideWork, deepestOf, type WorkFacts } from './target.ts';

function entity<Kind extends EntityKind>(kind: Kind, id: number, active = true): Entity<Kind> {
  return {
    kind,
    id,
    name: `${kind} ${id}`,
    active,
    corporate: false,
    specificTasksDisabled: false,
    description: '',
    userGroup: 'employee',
  };
}

const company = entity('company', 3);
const project = entity('project', 18);
const subproject = entity('subproject', 25);
const absence = entity('absence', 15);
const task = entity('task', 29);

const leaf: WorkFacts = {
  path: [company, project, subproject],
  hasActiveChildren: false,
  children: [],
  offered: [],
  accepted: [],
};

function failureOf(run: () => void): DomainError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

describe('what was named', () => {
  it('row 1: needs a target', () => {
    expect(failureOf(() => deepestOf({}))?.code).toBe('target_required');
  });

  it('row 2: an absence stands alone', () => {
    for (const work of [{ company }, { project }, { subproject }]) {
      expect(failureOf(() => deepestOf({ absence, ...work }))?.code).toBe('target_conflict');
    }
  });

  it('row 3: of one chain the deepest counts', () => {
    const path = [company, project, subproject];
    expect(deepestOf({ company, project, subproject })).toBe(subproject);
    expect(deepestOf({ company, project })).toBe(project);
    expect(() => checkChain({ company, subproject }, path)).not.toThrow();
  });

  it('row 4: of two chains none counts', () => {
    const path = [company, project, subproject];
    const other = entity('company', 23);
    expect(failureOf(() => checkChain({ company: other, subproject }, path))?.code).toBe(
      'target_conflict',
    );
  });

  it('row 5: an absence is its own target', () => {
    expect(deepestOf({ absence })).toBe(absence);
  });
});

describe('work', () => {
  const cases: [string, Partial<WorkFacts>, Entity<'task'> | undefined, string | undefined][] = [
    [
      'row 6: a company with projects',
      { path: [company], hasActiveChildren: true, children: [project] },
      undefined,
      'has_children',
    ],
    [
      'row 7: a project with subprojects',
      { path: [company, project], hasActiveChildren: true, children: [subproject] },
      task,
      'has_children',
    ],
    ['row 8: tasks, none given', { offered: [task], accepted: [task] }, undefined, 'task_required'],
    ['row 9: tasks, one given', { offered: [task], accepted: [task] }, task, undefined],
    [
      'row 10: tasks, another given',
      { offered: [task], accepted: [task] },
      entity('task', 30),
      'task_invalid',
    ],
    ['row 11: no tasks, none given', {}, undefined, undefined],
    ['row 12: no tasks, one given', {}, task, 'task_invalid'],
    ['row 12: no tasks needed, an accepted one given', { accepted: [task] }, task, undefined],
    [
      'row 13: the target is inactive',
      { path: [company, project, entity('subproject', 25, false)] },
      undefined,
      'inactive',
    ],
    [
      'row 13: a parent is inactive',
      { path: [company, entity('project', 18, false), subproject] },
      undefined,
      'inactive',
    ],
    ['row 13: the task is inactive', {}, entity('task', 29, false), 'inactive'],
    ['row 14: not a member', { refusedBy: 'project' }, undefined, 'not_member'],
  ];

  it.each(cases)('%s', (_name, facts, given, code) => {
    expect(failureOf(() => decideWork({ ...leaf, ...facts }, given))?.code).toBe(code);
  });

  it('names the level that refuses', () => {
    const path = [company, entity('project', 18, false), subproject];
    expect(failureOf(() => decideWork({ ...leaf, path }, undefined))?.message).toBe(
      'The project is inactive',
    );
    expect(failureOf(() => decideWork({ ...leaf, refusedBy: 'company' }, undefined))?.message).toBe(
      'You are not a member of this company',
    );
  });
});

describe('whatever the facts', () => {
  const references = (kind: EntityKind, from: number) =>
    fc
      .uniqueArray(fc.integer({ min: from, max: from + 5 }), { maxLength: 4 })
      .map((ids): Entity[] => ids.map((id) => entity(kind, id)));
  const anyFacts = fc
    .record({
      depth: fc.integer({ min: 1, max: 3 }),
      states: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      children: references('subproject', 100),
      offered: references('task', 200),
      more: references('task', 206),
      refusedBy: fc.constantFrom(undefined, undefined, 'company' as const, 'project' as const),
    })
    .map(({ depth, states, children, offered, more, refusedBy }): WorkFacts => ({
      path: [company, project, subproject]
        .slice(0, depth)
        .map((step, level) => ({ ...step, active: states[level] as boolean })),
      refusedBy,
      hasActiveChildren: depth < 3 && children.length > 0,
      children: depth < 3 ? children : [],
      offered,
      accepted: offered.length > 0 ? offered : more,
    }));
  const anyTask = fc.option(
    fc
      .tuple(fc.integer({ min: 200, max: 212 }), fc.boolean())
      .map(([id, active]) => entity('task', id, active)),
    { nil: undefined },
  );

  it('time goes on active leaves with a right task, to members, and only there', () => {
    fc.assert(
      fc.property(anyFacts, anyTask, (facts, given) => {
        const accepted = failureOf(() => decideWork(facts, given)) === undefined;
        const right = given
          ? given.active && facts.accepted.some(({ id }) => id === given.id)
          : facts.offered.length === 0;
        const expected =
          !facts.hasActiveChildren &&
          facts.path.every(({ active }) => active) &&
          facts.refusedBy === undefined &&
          right;
        expect(accepted).toBe(expected);
      }),
    );
  });

  it('a proposal lists exactly the children, or exactly the tasks', () => {
    const ids = (entities: readonly Reference[]) => entities.map(({ id }) => id);
    fc.assert(
      fc.property(anyFacts, anyTask, (facts, given) => {
        const failure = failureOf(() => decideWork(facts, given));
        const proposal = failure?.details['proposal'] as Proposal | undefined;
        if (failure?.code === 'has_children') {
          expect(ids(proposal?.entities ?? [])).toEqual(ids(facts.children));
          expect(proposal?.kind).toBe(facts.path.length === 1 ? 'project' : 'subproject');
        } else if (proposal) {
          expect(proposal.kind).toBe('task');
          expect(ids(proposal.entities)).toEqual(ids(facts.offered));
          expect(proposal.entities).not.toEqual([]);
        }
      }),
    );
  });
});
