// The second generation of the protocol: its services by group.
import type { Generation } from '../dispatch.ts';
import { companyServices } from './company.ts';
import { discoveryServices } from './discovery.ts';
import { groupServices } from './group.ts';
import { personServices } from './person.ts';
import { projectServices } from './project.ts';
import { failureStyle } from './rendering.ts';
import { subprojectServices } from './subproject.ts';
import { absenceServices, taskServices } from './task-and-absence.ts';
import { timeEntryServices } from './time-entry.ts';

export const v2: Generation = {
  name: 'v2',
  style: failureStyle,
  batches: true,
  services: [
    ...companyServices,
    ...projectServices,
    ...subprojectServices,
    ...taskServices,
    ...absenceServices,
    ...personServices,
    ...groupServices,
    ...discoveryServices,
    ...timeEntryServices,
  ],
};
