/** What somebody takes at once, again and again, because it is the job. */
export interface Peak {
  /** Each month at the month's end, or each week on a day. */
  readonly when: 'month_end' | { readonly weekday: Weekday };
  /** Local hour at which it begins. */
  readonly hour: number;
  readonly files: number;
  /** Seconds from one to the next. */
  readonly every: number;
  readonly name: string;
  readonly label?: string;
  /** Looked at, not taken. */
  readonly view?: boolean;
}

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** How a job fills the days of who has it. Counts are means of a working day. */
export interface Job {
  /** Local hour at which the day begins, and how many hours it has. */
  readonly begins: number;
  readonly hours: number;
  readonly days: readonly Weekday[];
  /** Shares of the working days; what is left is worked at home. */
  readonly office: number;
  readonly road?: number;
  /** How likely there is a look at things in the evening, and on a day off. */
  readonly evening: number;
  readonly dayOff: number;
  readonly downloads: number;
  readonly views: number;
  readonly reads: number;
  readonly messages: number;
  readonly uploads: number;
  readonly meetings: number;
  /** Passwords of colleagues that are reset on a day: the help desk. */
  readonly resets?: number;
  readonly files: readonly [string, ...string[]];
  /** Team, channel or space in which the work is done. */
  readonly team: string;
  readonly peak?: Peak;
}

const WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const DESK = { begins: 8.6, hours: 8.5, days: WEEK, office: 0.7, evening: 0.15, dayOff: 0.04 } as const;

export const JOBS = {
  payroll_clerk: {
    ...DESK,
    ...{ downloads: 4, views: 5, reads: 3, messages: 3, uploads: 1, meetings: 0.5 },
    files: ['time sheet {n}.xlsx', 'leave request {n}.pdf', 'tax notice {n}.pdf'],
    team: 'payroll',
    peak: { when: 'month_end', hour: 10, files: 110, every: 30, name: 'payroll run {n}.xlsx', label: 'Confidential' },
  },
  marketing: {
    ...DESK,
    ...{ office: 0.5, downloads: 6, views: 8, reads: 6, messages: 7, uploads: 3, meetings: 2 },
    files: ['campaign {n}.pptx', 'picture {n}.jpg', 'text draft {n}.docx'],
    team: 'marketing',
    peak: { when: { weekday: 'tue' }, hour: 11, files: 24, every: 20, name: 'picture set {n}.jpg' },
  },
  sales: {
    ...DESK,
    ...{
      office: 0.4,
      road: 0.25,
      evening: 0.3,
      downloads: 5,
      views: 7,
      reads: 6,
      messages: 9,
      uploads: 2,
      meetings: 3,
    },
    files: ['offer {n}.docx', 'price list {n}.xlsx', 'visit report {n}.docx'],
    team: 'sales',
  },
  engineer: {
    ...DESK,
    ...{ begins: 9.4, office: 0.45, evening: 0.35, dayOff: 0.12 },
    ...{ downloads: 4, views: 9, reads: 8, messages: 8, uploads: 2, meetings: 1.5 },
    files: ['design note {n}.md', 'drawing {n}.dwg', 'test protocol {n}.xlsx'],
    team: 'engineering',
  },
  counsel: {
    ...DESK,
    ...{ downloads: 6, views: 9, reads: 3, messages: 4, uploads: 2, meetings: 1.5 },
    files: ['contract {n}.docx', 'opinion {n}.pdf', 'file note {n}.docx'],
    team: 'legal',
  },
  helpdesk: {
    ...DESK,
    ...{
      begins: 7.5,
      office: 0.9,
      downloads: 2,
      views: 4,
      reads: 9,
      messages: 12,
      uploads: 1,
      meetings: 0.5,
      resets: 1.2,
    },
    files: ['manual {n}.pdf', 'ticket export {n}.csv'],
    team: 'helpdesk',
  },
  it_admin: {
    ...DESK,
    ...{ begins: 8.2, evening: 0.4, dayOff: 0.15 },
    ...{ downloads: 3, views: 6, reads: 7, messages: 8, uploads: 2, meetings: 1, resets: 0.4 },
    files: ['runbook {n}.md', 'inventory {n}.xlsx'],
    team: 'it operations',
  },
  manager: {
    ...DESK,
    ...{ evening: 0.45, dayOff: 0.2, downloads: 4, views: 10, reads: 7, messages: 10, uploads: 1, meetings: 5 },
    files: ['report {n}.pptx', 'budget {n}.xlsx', 'minutes {n}.docx'],
    team: 'leadership',
    peak: { when: { weekday: 'mon' }, hour: 9, files: 18, every: 45, name: 'weekly report {n}.pptx' },
  },
  night_operator: {
    ...{ begins: 22, hours: 8, days: ['sun', 'mon', 'tue', 'wed', 'thu'], office: 1, evening: 0, dayOff: 0.02 },
    ...{ downloads: 5, views: 6, reads: 5, messages: 5, uploads: 3, meetings: 0.2 },
    files: ['shift log {n}.docx', 'machine report {n}.csv'],
    team: 'operations',
  },
  field_worker: {
    ...{ begins: 7, hours: 9, days: WEEK, office: 0.1, road: 0.85, evening: 0.1, dayOff: 0.1 },
    ...{ downloads: 4, views: 4, reads: 5, messages: 6, uploads: 4, meetings: 0.2 },
    files: ['work order {n}.pdf', 'site photo {n}.jpg'],
    team: 'field service',
  },
  researcher: {
    ...DESK,
    ...{
      begins: 10,
      office: 0.55,
      evening: 0.5,
      dayOff: 0.3,
      downloads: 8,
      views: 12,
      reads: 4,
      messages: 4,
      uploads: 2,
    },
    meetings: 1,
    files: ['paper {n}.pdf', 'data set {n}.csv', 'lab note {n}.docx'],
    team: 'research',
    peak: { when: { weekday: 'thu' }, hour: 14, files: 40, every: 15, name: 'measurement {n}.csv' },
  },
} as const satisfies Record<string, Job>;
export type JobName = keyof typeof JOBS;
export const JOB_NAMES = Object.keys(JOBS) as [JobName, ...JobName[]];
