import { shareAims } from './aims/content.js';
import { defineAct } from './define.js';

export const removeFile = defineAct({
  kind: 'remove_file',
  name: 'Remove the file',
  targets: ['link'],
  needs: 'deletion of single files by an administrator',
  phase: 'content',
  everywhere: false,
  risk: 'high',
  reversible: false,
  undo: 'Nothing undoes it where no copy is kept.',
  losses: 'The file, for everybody.',
  d3fend: 'D3-FEV',
  mitigation: 'M1057',
  rule: 'two_responders',
  plannedFor: [],
  aims: shareAims,
});
