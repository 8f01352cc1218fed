import type { Indicator } from './indicator.js';
import { newInterests } from './shared/new-interest.js';

export const newInterest: Indicator = {
  id: 'new-interest',
  kind: 'bulk_collection',
  what: 'The person’s own sessions open, a few a day, many things of a kind that they had never touched: critical business data from 40 on, others from 100 on.',
  why: 'large-scale downloading or exporting of chat histories or files',
  sources: ['chat_history', 'file_transfer'],
  attack: ['T1213.005'],
  falsePositives: [
    'A new task, a substitution, a handover or an audit: whoever gave it can be asked, and the interview is.',
    'A folder that was renamed looks like a new kind.',
    'Nothing is found where the past is shorter than two weeks.',
  ],
  find: newInterests,
};
