// The first generation of the protocol: its services, in the order of the published page.
import type { Generation } from '../dispatch.ts';
import { getEntities } from './get-entities.ts';
import {
  absenceList,
  companyList,
  personList,
  projectList,
  subprojectList,
  taskList,
} from './lists.ts';
import { failureStyle } from './rendering.ts';
import {
  timeEntryCreate,
  timeEntryDelete,
  timeEntryList,
  timeEntryUpdate,
} from './time-entries.ts';

export const v1: Generation = {
  name: 'v1',
  style: () => failureStyle,
  batches: false,
  services: [
    absenceList,
    companyList,
    personList,
    projectList,
    subprojectList,
    taskList,
    timeEntryCreate,
    getEntities,
    timeEntryList,
    timeEntryUpdate,
    timeEntryDelete,
  ],
};
