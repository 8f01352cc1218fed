/**
 * Business days of the calendars that a legal clock may count in. Arithmetic over numbers alone: no zone of the machine, no zone database,
 * no clock, so that a workflow may ask and is answered the same on every replay.
 */
export const CALENDARS = ['us-federal'] as const;
export type CalendarId = (typeof CALENDARS)[number];

/** A day of a calendar as days since 1970-01-01; it has no zone. */
export type Day = number;

interface Calendar {
  /** In words, for forms and reports. */
  readonly name: string;
  isHoliday(day: Day): boolean;
  /** The day that it is there at a moment (milliseconds since the epoch). */
  dayAt(ms: number): Day;
  /** The moment at which a day's business ends there, in milliseconds since the epoch. */
  endOf(day: Day): number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const [SUNDAY, MONDAY, THURSDAY, SATURDAY] = [0, 1, 4, 6] as const;

const dayOf = (year: number, month: number, date: number): Day => Date.UTC(year, month - 1, date) / DAY_MS;
/** 0 is Sunday; 1970-01-01 was a Thursday. */
const weekdayOf = (day: Day): number => (((day + THURSDAY) % 7) + 7) % 7;
const yearOf = (day: Day): number => new Date(day * DAY_MS).getUTCFullYear();
/** The nth such weekday of a month. */
const nth = (n: number, weekday: number, year: number, month: number): Day => {
  const first = dayOf(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (n - 1);
};

/**
 * Legal public holidays of 5 U.S.C. 6103(a). One on a Saturday is kept on the Friday before (6103(b)), one on a Sunday on the Monday after
 * (Executive Order 11582, section 3). Days on which the President closes the agencies are not known beforehand: without them a deadline
 * comes earlier, never later.
 */
const fixed = (year: number, month: number, date: number): Day => {
  const day = dayOf(year, month, date);
  const weekday = weekdayOf(day);
  return weekday === SATURDAY ? day - 1 : weekday === SUNDAY ? day + 1 : day;
};
const JUNETEENTH_SINCE = 2021;
export const federalHolidays = (year: number): readonly Day[] => [
  fixed(year, 1, 1), // New Year's Day
  nth(3, MONDAY, year, 1), // Birthday of Martin Luther King, Jr.
  nth(3, MONDAY, year, 2), // Washington's Birthday
  nth(1, MONDAY, year, 6) - 7, // Memorial Day: the last Monday of May
  ...(year < JUNETEENTH_SINCE ? [] : [fixed(year, 6, 19)]),
  fixed(year, 7, 4), // Independence Day
  nth(1, MONDAY, year, 9), // Labor Day
  nth(2, MONDAY, year, 10), // Columbus Day
  fixed(year, 11, 11), // Veterans Day
  nth(4, THURSDAY, year, 11), // Thanksgiving Day
  fixed(year, 12, 25), // Christmas Day
];

/** Hours that Washington is behind UTC at a moment; 15 U.S.C. 260a: daylight time from 2:00 on the second Sunday of March to 2:00 on the first of November. */
function easternOffset(ms: number): number {
  const year = new Date(ms).getUTCFullYear();
  const begins = nth(2, SUNDAY, year, 3) * DAY_MS + 7 * HOUR_MS;
  const ends = nth(1, SUNDAY, year, 11) * DAY_MS + 6 * HOUR_MS;
  return ms >= begins && ms < ends ? 4 : 5;
}

const TABLE: Readonly<Record<CalendarId, Calendar>> = {
  'us-federal': {
    name: 'US federal holidays',
    // New Year's Day of the next year may be kept on the last day of this one.
    isHoliday: (day) => [...federalHolidays(yearOf(day)), fixed(yearOf(day) + 1, 1, 1)].includes(day),
    dayAt: (ms) => Math.floor((ms - easternOffset(ms) * HOUR_MS) / DAY_MS),
    // What is submitted to EDGAR by 17:30 Eastern counts as filed on that day: 17 CFR 232.13(a)(2). Zones change at night, never by then.
    endOf: (day) => {
      const end = day * DAY_MS + 17.5 * HOUR_MS;
      return end + easternOffset(end + 5 * HOUR_MS) * HOUR_MS;
    },
  },
};

export const calendarName = (id: CalendarId): string => TABLE[id].name;

export function isBusinessDay(id: CalendarId, day: Day): boolean {
  const weekday = weekdayOf(day);
  return weekday !== SATURDAY && weekday !== SUNDAY && !TABLE[id].isHoliday(day);
}

/**
 * End of the nth business day after the day of a moment, in milliseconds since the epoch. From a day that is none the next business day is
 * the first that counts, as General Instruction B.1 of Form 8-K has it.
 */
export function endOfBusinessDays(id: CalendarId, fromMs: number, days: number): number {
  const calendar = TABLE[id];
  let day = calendar.dayAt(fromMs);
  for (let left = days; left > 0;) {
    day += 1;
    if (isBusinessDay(id, day)) left -= 1;
  }
  return calendar.endOf(day);
}
